import { Status } from "../../gen/polytope/store/v1/store_pb.js";

type Named = Exclude<Status, Status.UNSPECIFIED>;

/**
 * The life cycle of a request: which status may follow which. Store, broker and gateway read it here.
 * `waiting` again: the lease ran out, the worker drained, or a retry is due.
 */
export const NEXT: Readonly<Record<Named, readonly Named[]>> = {
	[Status.WAITING]: [Status.QUEUED, Status.CANCELLED, Status.FAILED],
	[Status.UPLOADING]: [Status.WAITING, Status.CANCELLED, Status.FAILED],
	[Status.QUEUED]: [
		Status.PROCESSING,
		Status.WAITING,
		Status.CANCELLED,
		Status.FAILED,
	],
	[Status.PROCESSING]: [
		Status.PROCESSED,
		Status.FAILED,
		Status.CANCELLED,
		Status.WAITING,
	],
	[Status.FAILED]: [Status.WAITING],
	[Status.PROCESSED]: [],
	[Status.CANCELLED]: [],
};

const NAMES = {
	[Status.WAITING]: "waiting",
	[Status.UPLOADING]: "uploading",
	[Status.QUEUED]: "queued",
	[Status.PROCESSING]: "processing",
	[Status.PROCESSED]: "processed",
	[Status.FAILED]: "failed",
	[Status.CANCELLED]: "cancelled",
} as const satisfies Record<Named, string>;

export type StatusName = (typeof NAMES)[Named];

/** All statuses that a request can have. */
export const STATUSES: readonly Named[] = [
	Status.WAITING,
	Status.UPLOADING,
	Status.QUEUED,
	Status.PROCESSING,
	Status.PROCESSED,
	Status.FAILED,
	Status.CANCELLED,
];

/** The word for a status: on the wire, in the table, in logs. */
export function statusName(status: Status): StatusName {
	if (status === Status.UNSPECIFIED)
		throw new Error("a request without a status");
	return NAMES[status];
}

/** The status a word stands for; undefined for any other text. */
export const statusOf = (name: string): Named | undefined =>
	STATUSES.find((status) => NAMES[status] === name);

/** The statuses from which `to` may be reached: what a guarded statement names in its `where`. */
export const before = (to: Named): StatusName[] =>
	STATUSES.filter((from) => NEXT[from].includes(to)).map((from) => NAMES[from]);

/** Whether nothing more is done for the request by itself: processed, failed, cancelled. */
export const isFinal = (status: Status): boolean =>
	status === Status.PROCESSED ||
	status === Status.FAILED ||
	status === Status.CANCELLED;
