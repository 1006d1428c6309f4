import { keyOf, USERS } from "./tasks.ts";

/** Times of a run, ms: shorter than anybody would have them, so that much happens in little time. */
export const TIMES = {
	lease: 4_000,
	renew: 1_000,
	leader: 1_500,
	collect: 3_000,
	dangling: 6_000,
	upload: 60_000,
	ackWait: 4_000,
	drain: 1_000,
} as const;

/** The configuration of a run, over what the stack says of itself. */
export const configText = (archiveFolder: string): string =>
	JSON.stringify({
		lease: {
			duration: `${TIMES.lease}ms`,
			renew: `${TIMES.renew}ms`,
			leader: `${TIMES.leader}ms`,
			// Some requests lose many workers: they must be served all the same.
			attempts: 60,
		},
		broker: { sweep: "2s" },
		queue: { ack_wait: `${TIMES.ackWait}ms` },
		retry: { first: "300ms", most: "3s" },
		worker: { concurrency: 12, drain: `${TIMES.drain}ms` },
		"garbage-collector": {
			interval: `${TIMES.collect}ms`,
			threshold: "200GB",
			dangling_age: `${TIMES.dangling}ms`,
			upload_age: `${TIMES.upload}ms`,
		},
		http: {
			limits: {
				submissions: { rate: "10000/s" },
				polls: { rate: "10000/s" },
			},
		},
		authentication: {
			demo: {
				authenticators: {
					clients: {
						type: "keys",
						keys: USERS.map((user) => ({ key: keyOf(user), user })),
					},
				},
			},
		},
		datasources: {
			slow: { type: "dummy", pace: "700ms" },
			fields: { type: "grib", archive: archiveFolder },
		},
		collections: {
			slow: { datasources: ["slow"] },
			narrow: { datasources: ["echo"], limits: { "per-user": 2 } },
			fields: { datasources: ["fields"] },
		},
	});
