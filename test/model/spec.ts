import { Status } from "../../gen/polytope/store/v1/store_pb.js";
import { before, type StatusName } from "../../services/platform/lifecycle.ts";
import {
	type Call,
	type Ending,
	type Memory,
	POLICY,
	type Row,
	type State,
} from "./calls.ts";

/**
 * The specification: the states in which the store may be after a call with this answer; none: the answer is wrong.
 *
 * @param alone nobody else called meanwhile. Otherwise calls pass over rows that others hold at that moment.
 */
export function after(state: State, call: Call, alone: boolean): State[] {
	switch (call.kind) {
		case "create":
			return [created(state, call)];
		case "upload":
			return onOne(state, call, (row) =>
				row.status === "uploading" ? move(state, row, "waiting") : undefined,
			);
		case "admit":
			return admitted(state, call, alone);
		case "claim":
			return claimed(state, call);
		case "renew":
			return renewed(state, call);
		case "settle":
			return settled(state, call);
		case "cancel":
			return onOne(state, call, (row) =>
				row.userId === call.userId &&
				before(Status.CANCELLED).includes(row.status)
					? move(state, row, "cancelled", {
							hidden: !row.history.includes("processing"),
						})
					: undefined,
			);
		case "requeue":
			return requeued(state, call, alone);
		case "ripen":
			return ripened(state, call, alone);
		case "revive":
			return onOne(state, call, (row) =>
				row.status === "failed" && row.dead
					? move(state, row, "waiting", { dead: false, tries: 0, retries: 0 })
					: undefined,
			);
		case "failUploads":
			return exactly(
				state,
				call.failed,
				(row) =>
					row.status === "uploading" &&
					row.modified < state.now - POLICY.uploadMs,
				(row) => move(state, row, "failed"),
				alone,
			);
		case "remove":
			return onOne(state, call, (row) =>
				["processed", "failed", "cancelled"].includes(row.status)
					? "gone"
					: undefined,
			);
	}
}

type Of<K extends Call["kind"]> = Extract<Call, { kind: K }>;

const withRow = (state: State, row: Row): State => ({
	...state,
	rows: new Map(state.rows).set(row.id, row),
});

/** A transition: whatever belongs to a status that is left goes with it. */
function move(
	state: State,
	row: Row,
	status: StatusName,
	change: Partial<Row> = {},
): Row {
	const { notBefore: _, leaseUntil: __, ...rest } = row;
	const { key, ...unstaged } = rest;
	const staged = ["processing", "processed"].includes(status);
	return {
		...(staged || status === "cancelled"
			? { ...unstaged, ...(key && { key }) }
			: unstaged),
		status,
		modified: state.now,
		history: [...row.history, status],
		...change,
	};
}

/** A call on one row, which is either done, and then allowed, or refused, and then forbidden. */
function onOne(
	state: State,
	{ id, done }: { readonly id: string; readonly done: boolean },
	change: (row: Row) => Row | "gone" | undefined,
): State[] {
	const row = state.rows.get(id);
	const changed = row && change(row);
	if ((changed !== undefined) !== done) return [];
	if (changed === undefined) return [state];
	if (changed !== "gone") return [withRow(state, changed)];
	const rows = new Map(state.rows);
	rows.delete(id);
	return [{ ...state, rows }];
}

/** All rows of which something is true are changed; with others about, some of them may be passed over. */
function exactly(
	state: State,
	ids: readonly string[],
	due: (row: Row) => boolean,
	change: (row: Row) => Row,
	alone: boolean,
): State[] {
	const all = [...state.rows.values()].filter(due);
	const chosen = all.filter(({ id }) => ids.includes(id));
	if (chosen.length !== ids.length) return [];
	if (alone && chosen.length !== all.length) return [];
	return [chosen.reduce((now, row) => withRow(now, change(row)), state)];
}

function created(state: State, call: Of<"create">): State {
	const status = call.uploading ? "uploading" : "waiting";
	return withRow(state, {
		...call.made,
		userId: call.userId,
		collection: call.collection,
		status,
		attempt: 0,
		tries: 0,
		retries: 0,
		dead: false,
		hidden: false,
		modified: state.now,
		history: [status],
	});
}

export const isReady = (row: Row): boolean =>
	row.status === "waiting" && row.notBefore === undefined;

function admitted(state: State, call: Of<"admit">, alone: boolean): State[] {
	const waiting = [...state.rows.values()]
		.filter(
			(row) =>
				isReady(row) &&
				row.userId === call.userId &&
				row.collection === call.collection,
		)
		.sort((a, b) => a.seq - b.seq);
	const ids = call.admitted.map(({ id }) => id);
	const chosen = waiting.filter(({ id }) => ids.includes(id));
	const oldest = waiting.slice(0, call.count);
	if (alone && chosen.length !== oldest.length) return [];
	if (alone && !oldest.every(({ id }, at) => id === ids[at])) return [];
	if (chosen.length !== ids.length || ids.length > call.count) return [];
	let now = state;
	for (const { id, attempt } of call.admitted) {
		const row = state.rows.get(id);
		if (row === undefined || attempt !== row.attempt + 1) return [];
		now = withRow(
			now,
			move(state, row, "queued", { attempt, tries: row.tries + 1 }),
		);
	}
	return [now];
}

function claimed(state: State, call: Of<"claim">): State[] {
	const { workerId, key } = call;
	return onOne(state, { id: call.id, done: key !== undefined }, (row) =>
		row.status === "queued" && row.attempt === call.attempt
			? move(state, row, "processing", {
					workerId,
					leaseUntil: state.now + POLICY.leaseMs,
					...(key !== undefined && { key }),
				})
			: undefined,
	);
}

function renewed(state: State, call: Of<"renew">): State[] {
	let now = state;
	for (const { id, attempt } of call.of) {
		const row = state.rows.get(id);
		const held =
			row?.status === "processing" &&
			row.attempt === attempt &&
			row.workerId === call.workerId;
		if (held === call.lost.includes(id)) return [];
		if (row !== undefined && held)
			now = withRow(now, { ...row, leaseUntil: state.now + POLICY.leaseMs });
	}
	return [now];
}

function settled(state: State, { of, ending, lost }: Of<"settle">): State[] {
	const row = state.rows.get(of.id);
	const running =
		row?.status === "processing" &&
		row.attempt === of.attempt &&
		row.key === of.key;
	if (row !== undefined && running)
		return lost ? [] : [withRow(state, ended(state, row, ending))];
	const before = row !== undefined && wasSettled(row, of, ending);
	return before === !lost ? [state] : [];
}

function ended(state: State, row: Row, ending: Ending): Row {
	switch (ending) {
		case "processed":
			return move(state, row, "processed");
		case "failed":
			return move(state, row, "failed");
		case "released":
			return move(state, row, "waiting");
		case "drained":
			return move(state, row, "waiting", { tries: row.tries - 1 });
		case "temporary": {
			const spent = row.retries >= POLICY.retries;
			return spent
				? move(state, row, "failed", { tries: row.tries - 1, dead: true })
				: move(state, row, "waiting", {
						tries: row.tries - 1,
						retries: row.retries + 1,
						notBefore: delay(state, row.retries),
					});
		}
		case "outage":
			return move(state, row, "waiting", {
				tries: row.tries - 1,
				notBefore: delay(state, row.attempt - 1),
			});
	}
}

function delay({ now }: State, doublings: number) {
	const whole = Math.min(POLICY.mostMs, POLICY.firstMs * 2 ** doublings);
	return { least: now + whole / 2, most: now + whole };
}

/** Reported again, or overtaken by somebody who came to the same end. */
function wasSettled(row: Row, of: Memory, ending: Ending): boolean {
	if (row.attempt !== of.attempt) return false;
	if (ending === "processed")
		return row.status === "processed" && row.key === of.key;
	if (ending === "failed") return row.status === "failed";
	if (ending === "temporary" || ending === "outage")
		return (
			row.status === "failed" ||
			(row.status === "waiting" && row.notBefore !== undefined)
		);
	return row.status === "waiting";
}

function requeued(state: State, call: Of<"requeue">, alone: boolean): State[] {
	const { all, requeued: back, failed } = call;
	const spent = (row: Row): boolean =>
		row.status === "processing" &&
		(row.attempt >= POLICY.attempts * 10 ||
			(!all && row.tries >= POLICY.attempts));
	const due = (row: Row): boolean =>
		all
			? row.status === "processing" || row.status === "queued"
			: row.status === "processing" && (row.leaseUntil ?? 0) < state.now;
	const tries = (row: Row): number => row.tries - (all ? 1 : 0);
	return exactly(
		state,
		failed,
		(row) => due(row) && spent(row),
		(row) => move(state, row, "failed", { dead: true, tries: tries(row) }),
		alone,
	).flatMap((now) =>
		exactly(
			now,
			back,
			(row) => due(row) && !spent(row),
			(row) => move(state, row, "waiting", { tries: tries(row) }),
			alone,
		),
	);
}

/** The answer does not say which: with others about, it may be any so many of those that are due. */
function ripened(state: State, call: Of<"ripen">, alone: boolean): State[] {
	const due = [...state.rows.values()].filter(
		(row) => row.notBefore !== undefined && row.notBefore.most <= state.now,
	);
	if (alone && due.length !== call.ripened) return [];
	return subsets(due, call.ripened).map((chosen) =>
		chosen.reduce((now, { notBefore: _, ...row }) => withRow(now, row), state),
	);
}

function subsets<T>(all: readonly T[], size: number): T[][] {
	if (size === 0) return [[]];
	const [first, ...rest] = all;
	if (first === undefined) return [];
	return [
		...subsets(rest, size - 1).map((chosen) => [first, ...chosen]),
		...subsets(rest, size),
	];
}
