import { durationFromMs } from "@bufbuild/protobuf/wkt";
import type { Client, ConnectRouter } from "@connectrpc/connect";
import {
	type Dispatch,
	type Request,
	StoreService,
} from "../../gen/polytope/store/v1/store_pb.js";
import { type Log, openLog } from "../../services/platform/log.ts";
import { link } from "../../services/platform/rpc/link.ts";
import { openChanges } from "../../services/store/changes.ts";
import { type Database, openDatabase } from "../../services/store/database.ts";
import { storeRoutes } from "../../services/store/service.ts";
import { type TestDatabase, testDatabase } from "./postgres.ts";

/** Whose lane a test works in. */
export interface Place {
	readonly userId: string;
	readonly collection: string;
}

export interface TestAttempt {
	readonly id: string;
	readonly attempt: number;
	readonly key: string;
}

/** A store on a database of its own, with a clock that the test moves. */
export interface TestStore extends AsyncDisposable {
	readonly store: Client<typeof StoreService>;
	readonly routes: (router: ConnectRouter) => void;
	readonly db: Database;
	readonly database: TestDatabase;
	/** Milliseconds since 1970; only the test moves it. */
	readonly clock: { ms: number };
	/** A lane that nobody else uses. */
	own(): Place;
	submit(
		at: Place,
		more?: { laneLimit?: number; uploading?: boolean },
	): Promise<Request>;
	admit(at: Place, count: number): Promise<Dispatch[]>;
	/** Submits, admits and claims. */
	processing(at: Place, workerId?: string): Promise<TestAttempt>;
	get(id: string): Promise<Request>;
	/** Lanes that were not true. */
	healed(): Promise<number>;
}

export const LEASE = durationFromMs(15_000);

/** @param log told of what happens to requests; without it nobody is */
export async function openTestStore(
	log: Log = openLog("fatal"),
): Promise<TestStore> {
	const database = await testDatabase();
	const db = await openDatabase(database.connection);
	const clock = { ms: Date.UTC(2025, 0, 1) };
	const routes = storeRoutes({
		db,
		changes: openChanges(),
		clock: { now: () => clock.ms },
		log,
	});
	const store = link(StoreService, { routes });
	let places = 0;
	const submit: TestStore["submit"] = async (at, more = {}) => {
		const { request } = await store.create({
			user: { id: at.userId, username: "a", realm: "r", roles: ["default"] },
			collection: at.collection,
			verb: "retrieve",
			posted: "class: od",
			coerced: '{"class":"od"}',
			datasource: "echo",
			...more,
		});
		if (request === undefined) throw new Error("no request");
		return request;
	};
	const admit: TestStore["admit"] = async (at, count) =>
		(await store.admit({ admissions: [{ ...at, count }] })).dispatches;
	return {
		store,
		routes,
		db,
		database,
		clock,
		submit,
		admit,
		own() {
			places += 1;
			return { userId: `user-${places}`, collection: `collection-${places}` };
		},
		async processing(at, workerId = "w") {
			const { id } = await submit(at);
			const attempts = attemptsOf(await admit(at, 1));
			const { claimed } = await store.claim({
				workerId,
				attempts,
				lease: LEASE,
			});
			const [one] = claimed;
			if (one?.request?.id !== id) throw new Error("another was claimed");
			return { id, attempt: one.request.attempt, key: one.stagingKey };
		},
		async get(id) {
			const { request } = await store.get({ id });
			if (request === undefined) throw new Error(`no request ${id}`);
			return request;
		},
		healed: async () => Number((await store.recount({ limit: 1000 })).healed),
		async [Symbol.asyncDispose]() {
			await db.destroy();
			await database[Symbol.asyncDispose]();
		},
	};
}

export const attemptsOf = (dispatches: readonly Dispatch[]) =>
	dispatches.map(({ requestId, attempt }) => ({ requestId, attempt }));

/** A settlement of success. */
export const done = (it: TestAttempt) => ({
	attempt: { requestId: it.id, attempt: it.attempt },
	outcome: {
		case: "processed" as const,
		value: {
			key: it.key,
			mediaType: "application/x-grib",
			length: 5n,
			sha256: "aa",
			md5: "bb",
		},
	},
	userMessage: "Success",
});
