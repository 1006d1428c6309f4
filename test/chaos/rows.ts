import { NEXT, statusOf } from "../../services/platform/lifecycle.ts";
import type { Seen } from "./client.ts";
import type { Row } from "./database.ts";
import type { Oracle } from "./expected.ts";
import type { Journal } from "./journal.ts";

export interface Checked {
	readonly oracle: Oracle;
	readonly journal: Journal;
	/** What the clients saw. */
	readonly seen: readonly Seen[];
}

const UPLOADER_REASON = "The upload did not come in time.";

/** Each row is as its request says it must be. */
export function checkRows(rows: readonly Row[], it: Checked): void {
	const accepted = new Set(it.seen.map(({ id }) => id));
	const once = new Set<string>();
	for (const row of rows) {
		it.journal.count(`outcome.${row.status}`);
		checkHistory(row, it.journal);
		const { id, status, collection, verb, idempotency_key } = row;
		if (status === "failed" && !mayFail(row, accepted.has(id)))
			it.journal.violation(
				`${id} (${collection}, ${verb}) failed: ${row.user_message}`,
			);
		if (status === "processed" && collection === "raise")
			it.journal.violation(`${id} was to fail`);
		if (status === "processed" && verb === "retrieve") {
			const right = it.oracle.contentOf(collection, row.posted);
			if (row.sha256 !== right)
				it.journal.violation(
					`${id} (${collection}): its row says ${row.sha256}, right is ${right}`,
				);
		}
		const mark = `${row.username} ${idempotency_key}`;
		if (idempotency_key !== null && once.has(mark))
			it.journal.violation(`${mark} was submitted once and made twice`);
		once.add(mark);
	}
}

/** An upload that nobody knows of, since the answer to it was lost, cannot come. */
const mayFail = (row: Row, accepted: boolean): boolean =>
	row.collection === "raise" ||
	(!accepted && row.verb === "archive" && row.user_message === UPLOADER_REASON);

/** After ten tries, some seconds: when all gateways are struck together, that is not long enough. */
const GAVE_UP = "GivenUpRequestError";

/** What the clients were told is what stands there. */
export function checkSeen(
	rows: readonly Row[],
	{ seen, oracle, journal }: Checked,
) {
	const byId = new Map(rows.map((row) => [row.id, row]));
	for (const { task, id, end, revoked, sha256, message } of seen) {
		journal.count(`seen.${end}`);
		if (id === undefined) {
			if (task.real && message?.startsWith(GAVE_UP))
				journal.count("polytope-client gave up submitting");
			else
				journal.violation(`task ${task.index} was never accepted: ${message}`);
			continue;
		}
		const row = byId.get(id);
		if (row === undefined) {
			journal.violation(`${id} was accepted and is not there`);
			continue;
		}
		const cancelled = row.status === "cancelled";
		if (revoked === "yes" && !cancelled)
			journal.violation(`${id} was revoked and is ${row.status}`);
		if (cancelled && revoked === undefined)
			journal.violation(`${id} is cancelled and nobody revoked it`);
		const told = end === "processed" ? "processed" : "failed or cancelled";
		if ((end === "processed") !== (row.status === "processed"))
			journal.violation(
				`${id}: its client was told ${told} (${message}), it is ${row.status}`,
			);
		if (end === "gone" && !row.hidden)
			journal.violation(`${id} is not hidden, yet its client was told 404`);
		const right = oracle.contentOf(task.collection, row.posted);
		if (sha256 !== undefined && sha256 !== right)
			journal.violation(`${id} (${task.collection}) was served wrong content`);
	}
}

/** Whether each step of a request's history may follow the one before. */
function checkHistory({ id, history }: Row, journal: Journal): void {
	let from = statusOf(history[0]?.s ?? "");
	for (const { s } of history.slice(1)) {
		const to = statusOf(s);
		if (from === undefined || to === undefined || !NEXT[from].includes(to))
			journal.violation(
				`${id}: ${s} may not follow: ${history.map((step) => step.s).join(" ")}`,
			);
		from = to;
	}
}
