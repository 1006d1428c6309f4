import { sql } from "kysely";
import {
	NEXT,
	type StatusName,
	statusName,
	statusOf,
} from "../../services/platform/lifecycle.ts";
import type { Database } from "../../services/store/database.ts";
import type { Row, State } from "./calls.ts";
import { isReady } from "./spec.ts";

/** All requests as they lie in the database. */
export async function observe(db: Database): Promise<Map<string, Row>> {
	const rows = await db.selectFrom("request").selectAll().execute();
	return new Map(
		rows.map((row) => [
			row.id,
			{
				id: row.id,
				userId: row.user_id,
				collection: row.collection,
				seq: Number(row.seq),
				status: row.status,
				attempt: row.attempt,
				tries: row.tries,
				retries: row.retries,
				...(row.not_before && {
					notBefore: {
						least: row.not_before.getTime(),
						most: row.not_before.getTime(),
					},
				}),
				...(row.lease_until && { leaseUntil: row.lease_until.getTime() }),
				...(row.worker_id && { workerId: row.worker_id }),
				...(row.staging_key && { key: row.staging_key }),
				dead: row.dead_at !== null,
				hidden: row.hidden,
				modified: row.modified_at.getTime(),
				history: row.history.map(({ s }) => s),
			},
		]),
	);
}

/** Why what is there is not what was foreseen; undefined: it is, and the exact state is what is there. */
export function difference(
	foreseen: State,
	seen: ReadonlyMap<string, Row>,
): string | undefined {
	for (const id of new Set([...foreseen.rows.keys(), ...seen.keys()])) {
		const expected = foreseen.rows.get(id);
		const found = seen.get(id);
		if (expected === undefined) return `${id} should not be there`;
		if (found === undefined) return `${id} is missing`;
		const wrong = compared(expected, found);
		if (wrong !== undefined) return `${id}: ${wrong}`;
	}
	return undefined;
}

function compared(expected: Row, found: Row): string | undefined {
	const [a, b] = [expected, found].map(
		({ notBefore: _, modified: __, ...row }) => row,
	);
	const [foreseen, seen] = [sorted(a), sorted(b)];
	if (foreseen !== seen) return `foreseen ${foreseen}, seen ${seen}`;
	const { notBefore } = expected;
	const at = found.notBefore?.least;
	if (notBefore === undefined || at === undefined)
		return notBefore === at ? undefined : `deferred: ${at !== undefined}`;
	return at >= notBefore.least - 1 && at <= notBefore.most + 1
		? undefined
		: `due at ${at}, not between ${notBefore.least} and ${notBefore.most}`;
}

const sorted = (row: object | undefined): string =>
	JSON.stringify(
		Object.entries(row ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)),
	);

/** Every step of every history is in the table of the life cycle. */
export function outsideTheTable(rows: Iterable<Row>): string | undefined {
	for (const { id, history } of rows) {
		const [first, ...rest] = history;
		if (first !== "waiting" && first !== "uploading")
			return `${id} begins ${first}`;
		let from: StatusName = first;
		for (const to of rest) {
			if (!follows(from, to)) return `${id} went from ${from} to ${to}`;
			from = to;
		}
	}
	return undefined;
}

function follows(from: StatusName, to: StatusName): boolean {
	const status = statusOf(from);
	return status !== undefined && NEXT[status].map(statusName).includes(to);
}

/** Lanes say exactly what the requests say. */
export async function lanesDiffer(
	db: Database,
	rows: ReadonlyMap<string, Row>,
): Promise<string | undefined> {
	const { rows: lanes } = await sql<{
		collection: string;
		user_id: string;
		waiting: number;
		deferred: number;
		in_flight: number;
		head: string;
	}>`select * from lane`.execute(db);
	for (const lane of lanes) {
		const own = [...rows.values()].filter(
			(row) =>
				row.collection === lane.collection && row.userId === lane.user_id,
		);
		const ready = own.filter(isReady);
		const waiting = own.filter(({ status }) => status === "waiting").length;
		const inFlight = own.filter(({ status }) =>
			["queued", "processing"].includes(status),
		).length;
		const head = Math.min(...ready.map(({ seq }) => seq));
		const right =
			lane.waiting === ready.length &&
			lane.deferred === waiting - ready.length &&
			lane.in_flight === inFlight &&
			Number(lane.head) <= head;
		if (!right)
			return `lane ${JSON.stringify(lane)} of ${ready.length} ready, ${waiting} waiting, ${inFlight} in flight, head ${head}`;
	}
	const without = [...rows.values()].find(
		(row) =>
			["waiting", "queued", "processing"].includes(row.status) &&
			!lanes.some(
				(lane) =>
					lane.collection === row.collection && lane.user_id === row.userId,
			),
	);
	return without && `request ${without.id} has no lane`;
}
