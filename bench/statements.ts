import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { Kysely, PostgresDialect } from "kysely";
import pg, { type PoolConfig } from "pg";
import * as wire from "../gen/polytope/store/v1/store_pb.js";
import { systemClock } from "../services/platform/clock.ts";
import { openLog } from "../services/platform/log.ts";
import { openChanges } from "../services/store/changes.ts";
import { admit } from "../services/store/rpc/admit.ts";
import { claim } from "../services/store/rpc/claim.ts";
import { createRequest } from "../services/store/rpc/create.ts";
import { getRequest } from "../services/store/rpc/get.ts";
import { lanes } from "../services/store/rpc/lanes.ts";
import { renew } from "../services/store/rpc/renew.ts";
import { settle } from "../services/store/rpc/settle.ts";
import type { Tables } from "../services/store/tables.ts";

/** A statement as the store sent it. */
export interface Statement {
	readonly sql: string;
	readonly parameters: readonly unknown[];
}

/** Every statement of one request's life, by the call that sent it. */
export interface Recording {
	readonly requestId: string;
	readonly create: Statement;
	readonly lanes: readonly Statement[];
	readonly admit: Statement;
	readonly claim: Statement;
	readonly settle: Statement;
	readonly get: Statement;
}

/** Stands for the number to admit in the recorded statement. */
export const ADMITTED = 77_777;
const WORKER = "bench";

const sampleRequest = (
	userId: string,
): MessageInitShape<typeof wire.CreateRequestSchema> => ({
	user: { id: userId, username: "bench", realm: "bench", roles: ["default"] },
	collection: "echo",
	verb: "retrieve",
	posted: '{"hello":"world","date":"20250101"}',
	postedJson: true,
	coerced: '{"hello":["world"],"date":["20250101"]}',
	datasource: "echo",
});

/** Takes one request through its life on an empty database of ours and writes down what is sent. */
export async function record(connection: PoolConfig): Promise<Recording> {
	const heard: Statement[] = [];
	const pool = new pg.Pool(connection);
	// It ends before its connections have left; PostgreSQL may be gone before them.
	pool.on("error", () => {});
	await using db = new Kysely<Tables>({
		dialect: new PostgresDialect({ pool }),
		log: ({ query }) => void heard.push(query),
	});
	const ctx = {
		db,
		changes: openChanges(),
		clock: systemClock,
		log: openLog("silent"),
	};
	const heardOf = async (call: () => Promise<unknown>) => {
		heard.length = 0;
		await call();
		return [...heard];
	};
	const lease = durationFromMs(60_000);

	await renew(ctx)(
		create(wire.RenewRequestSchema, { workerId: WORKER, slots: 64, lease }),
	);
	const made = await heardOf(() =>
		createRequest(ctx)(
			create(wire.CreateRequestSchema, sampleRequest("bench")),
		),
	);
	const requestId = String([made[0]?.parameters[0]].flat()[0]);
	const looked = await heardOf(() =>
		lanes(ctx)(
			create(wire.LanesRequestSchema, {
				collections: ["dummy", "echo", "raise", "sample"],
				limit: 64,
			}),
		),
	);
	const admissions = [{ collection: "echo", userId: "bench", count: ADMITTED }];
	const admitted = await heardOf(() =>
		admit(ctx)(create(wire.AdmitRequestSchema, { admissions })),
	);
	const attempt = { requestId, attempt: 1 };
	const claimed = await heardOf(() =>
		claim(ctx)(
			create(wire.ClaimRequestSchema, {
				workerId: WORKER,
				attempts: [attempt],
				lease,
			}),
		),
	);
	const result = {
		key: "k".repeat(32),
		mediaType: "application/octet-stream",
		length: 40n,
		sha256: "0".repeat(64),
		md5: "0".repeat(32),
	};
	const settled = await heardOf(() =>
		settle(ctx)(
			create(wire.SettleRequestSchema, {
				settlements: [
					{
						attempt,
						outcome: { case: "processed", value: result },
						userMessage: "Success",
					},
				],
			}),
		),
	);
	const got = await heardOf(() =>
		getRequest(ctx)(create(wire.GetRequestSchema, { id: requestId })),
	);
	return {
		requestId,
		create: only(made),
		lanes: looked,
		admit: only(admitted),
		claim: only(claimed),
		settle: only(settled),
		get: only(got),
	};
}

function only(statements: readonly Statement[]): Statement {
	const [statement, ...more] = statements;
	if (statement === undefined || more.length > 0)
		throw new Error("a call of the store no longer sends one statement");
	return statement;
}
