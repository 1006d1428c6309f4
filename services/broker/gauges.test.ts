import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { BacklogSchema } from "../../gen/polytope/store/v1/store_pb.js";
import { type Seen, waitingIn } from "./gauges.ts";

const backlogs = [
	create(BacklogSchema, {
		collection: "echo",
		waiting: 10n,
		atLimit: 4n,
		deferred: 2n,
		inFlight: 5n,
	}),
];
const WORKER = [{ pools: ["default"], slots: 8 }];

/** The reasons that are not 0. */
function reasons(
	seen: Partial<Seen>,
	{ total = 0, paused = false } = {},
): Record<string, number> {
	const readings = waitingIn(
		{
			totals: new Map([["echo", total]]),
			poolOf: () => "default",
			paused: {
				has: () => paused,
				read: async () => false,
				set: async () => undefined,
			},
		},
		{ backlogs, workers: WORKER, depths: [], ...seen },
	);
	return Object.fromEntries(
		readings
			.filter(([value]) => value > 0)
			.map(([value, labels]) => [labels["polytope.reason"], value]),
	);
}

test("each that waits has one reason", () => {
	expect(reasons({})).toEqual({ deferred: 2, user_limit: 4, workers_busy: 6 });
	expect(reasons({}, { total: 5 })).toEqual({
		deferred: 2,
		user_limit: 4,
		collection_limit: 6,
	});
	expect(reasons({}, { paused: true })).toEqual({ deferred: 2, paused: 10 });
	const elsewhere = [{ pools: ["other"], slots: 8 }];
	expect(reasons({ workers: elsewhere })).toEqual({
		deferred: 2,
		no_worker: 10,
	});
	expect(reasons({ workers: [{ pools: [], slots: 0 }] })).toEqual({
		deferred: 2,
		no_worker: 10,
	});
});

test("nothing that waits is shown as 0 for every reason", () => {
	expect(reasons({ backlogs: [] })).toEqual({});
});
