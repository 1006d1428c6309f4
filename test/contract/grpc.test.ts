import { once } from "node:events";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openLog } from "../../services/platform/log.ts";
import { type Served, serveRpc } from "../../services/platform/rpc/serve.ts";
import { type Changes, openChanges } from "../../services/store/changes.ts";
import { type Database, openDatabase } from "../../services/store/database.ts";
import { storeRoutes } from "../../services/store/service.ts";
import { mustRun, run } from "../kit/command.ts";
import { grpcurl } from "../kit/grpcurl.ts";
import { type TestDatabase, testDatabase } from "../kit/postgres.ts";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";

/** Clients that share no code with our servers: gRPC's own for Node, and grpcurl, which gets no files. */

const STORE = "polytope.store.v1.StoreService";
const HEALTH = "grpc.health.v1.Health";
const SUBMISSION = {
	user: { id: "u", username: "u", realm: "r", roles: ["default"] },
	collection: "c",
	verb: "retrieve",
	posted: "class: od",
	coerced: '{"class":"od"}',
	datasource: "echo",
};
const UNKNOWN_ID = "00000000-0000-4000-8000-000000000000";

const log = openLog("fatal");
let test: TestDatabase;
let db: Database;
let served: Served;
let address: string;
let client: grpc.Client;
/** The signals of the calls of Watch that reached the store, in order. */
const listening: AbortSignal[] = [];

beforeAll(async () => {
	test = await testDatabase();
	db = await openDatabase(test.connection);
	const changes = openChanges();
	const heard: Changes = {
		...changes,
		listen(statuses, signal) {
			listening.push(signal);
			return changes.listen(statuses, signal);
		},
	};
	served = await serveRpc(
		storeRoutes({ db, changes: heard, clock: { now: Date.now }, log }),
	);
	address = new URL(served.url).host;
	client = new grpc.Client(address, grpc.credentials.createInsecure());
});
afterAll(async () => {
	client.close();
	await served[Symbol.asyncDispose]();
	await db.destroy();
	await test[Symbol.asyncDispose]();
});

const root = join(import.meta.dirname, "../..");
const contracts = loadSync(
	["polytope/store/v1/store.proto", "health/v1/health.proto"],
	{
		includeDirs: [
			join(root, "proto"),
			join(root, "node_modules/grpc-health-check/proto"),
		],
		enums: String,
		longs: Number,
	},
);

function method(service: string, name: string) {
	const methods = contracts[service];
	const found =
		methods !== undefined && !("format" in methods) ? methods[name] : undefined;
	if (found === undefined) throw new Error(`no ${service}.${name}`);
	return found;
}

function call(
	service: string,
	name: string,
	message: object,
): Promise<Record<string, unknown>> {
	const { path, requestSerialize, responseDeserialize } = method(service, name);
	return new Promise((resolve, reject) => {
		client.makeUnaryRequest(
			path,
			requestSerialize,
			responseDeserialize,
			message,
			(error, answer) =>
				error === null ? resolve({ ...answer }) : reject(error),
		);
	});
}

function stream(
	peer: grpc.Client,
	service: string,
	name: string,
	message: object,
	options: grpc.CallOptions = {},
) {
	const { path, requestSerialize, responseDeserialize } = method(service, name);
	return peer.makeServerStreamRequest(
		path,
		requestSerialize,
		responseDeserialize,
		message,
		options,
	);
}

const codeOf = async (call: grpc.ClientReadableStream<unknown>) => {
	const [error] = await once(call.resume(), "error");
	return error.code;
};

describe("an independent client", () => {
	it("creates a request and reads it back", async () => {
		const made = await call(STORE, "Create", SUBMISSION);
		expect(made).toMatchObject({
			created: true,
			request: { collection: "c", status: "STATUS_WAITING" },
		});
	});

	it("gets a refusal with its code and its whole message", async () => {
		await expect(call(STORE, "Get", { id: UNKNOWN_ID })).rejects.toMatchObject({
			code: grpc.status.NOT_FOUND,
			details: `Request ${UNKNOWN_ID} not found`,
		});
		await expect(call(STORE, "Get", { id: "ü %" })).rejects.toMatchObject({
			code: grpc.status.INVALID_ARGUMENT,
			details: "'ü %' is not a request id",
		});
	});

	it("hears changes in a stream until it cancels, and then the store stops listening", async () => {
		const watching = stream(client, STORE, "Watch", {});
		const messages = watching[Symbol.asyncIterator]();
		expect((await messages.next()).value).toEqual({});
		const signal = listening.at(-1);
		if (signal === undefined) throw new Error("nobody listens");
		await call(STORE, "Create", SUBMISSION);
		expect((await messages.next()).value).toMatchObject({
			changes: [{ status: "STATUS_WAITING" }],
		});
		expect(signal.aborted).toBe(false);
		const heard = once(signal, "abort");
		const code = codeOf(watching);
		watching.cancel();
		expect(await code).toBe(grpc.status.CANCELLED);
		await heard;
	});

	it("is held to its deadline, and the store with it", async () => {
		const watching = stream(
			client,
			STORE,
			"Watch",
			{},
			{ deadline: Date.now() + 2_000 },
		);
		const code = codeOf(watching);
		await once(watching, "data");
		const signal = listening.at(-1);
		expect(await code).toBe(grpc.status.DEADLINE_EXCEEDED);
		if (signal?.aborted === false) await once(signal, "abort");
		expect(signal?.aborted).toBe(true);
	});
});

describe("health", () => {
	it("is serving as a whole and by service, and knows no others", async () => {
		for (const service of ["", STORE])
			expect(await call(HEALTH, "Check", { service })).toEqual({
				status: "SERVING",
			});
		expect(await call(HEALTH, "List", {})).toEqual({
			statuses: { "": { status: "SERVING" }, [STORE]: { status: "SERVING" } },
		});
		await expect(
			call(HEALTH, "Check", { service: "no.such" }),
		).rejects.toMatchObject({ code: grpc.status.NOT_FOUND });
		const unknown = stream(client, HEALTH, "Watch", { service: "no.such" });
		expect(await once(unknown, "data")).toEqual([
			{ status: "SERVICE_UNKNOWN" },
		]);
		const code = codeOf(unknown);
		unknown.cancel();
		expect(await code).toBe(grpc.status.CANCELLED);
	});

	it("tells its watchers that the port ends, and ends at once", async () => {
		const brief = await serveRpc(() => {});
		const peer = new grpc.Client(
			new URL(brief.url).host,
			grpc.credentials.createInsecure(),
		);
		const messages = stream(peer, HEALTH, "Watch", { service: "" })[
			Symbol.asyncIterator
		]();
		expect((await messages.next()).value).toEqual({ status: "SERVING" });
		const ended = brief[Symbol.asyncDispose]();
		expect((await messages.next()).value).toEqual({ status: "NOT_SERVING" });
		expect((await messages.next()).done).toBe(true);
		await ended;
		peer.close();
	});
});

describe("grpcurl, with nothing but the address", () => {
	let command: string;
	beforeAll(async () => {
		command = await grpcurl();
	}, INSTALL_TIMEOUT);

	it("lists the services", async () => {
		const printed = await mustRun(command, ["-plaintext", address, "list"]);
		expect(printed.trim().split("\n")).toEqual([
			"grpc.health.v1.Health",
			"grpc.reflection.v1.ServerReflection",
			"grpc.reflection.v1alpha.ServerReflection",
			STORE,
		]);
	});

	it.each([
		[STORE, "rpc Create ( .polytope.store.v1.CreateRequest )"],
		[`${STORE}.Watch`, "returns ( stream .polytope.store.v1.WatchResponse )"],
		["polytope.store.v1.Request", ".google.protobuf.Timestamp"],
		["polytope.store.v1.STATUS_WAITING", "STATUS_WAITING = 1"],
		["google.protobuf.Timestamp", "int64 seconds = 1"],
		["grpc.health.v1.HealthListResponse", "map<string"],
	])("describes %s", async (symbol, text) => {
		const args = ["-plaintext", address, "describe", symbol];
		expect(await mustRun(command, args)).toContain(text);
	});

	it("says that a symbol is unknown", async () => {
		const args = ["-plaintext", address, "describe", "no.such"];
		const { code, stderr } = await run(command, args);
		expect(code).not.toBe(0);
		expect(stderr).toMatch(/not found/i);
	});

	it("learns from a guarded port what there is, and calls with the secret", async () => {
		const changes = openChanges();
		const clock = { now: Date.now };
		await using guarded = await serveRpc(
			storeRoutes({ db, changes, clock, log }),
			{
				token: "s3cret",
			},
		);
		const { host } = new URL(guarded.url);
		const list = await mustRun(command, ["-plaintext", host, "list"]);
		expect(list).toContain(STORE);
		const counts = ["-plaintext", host, `${STORE}/Counts`];
		expect((await run(command, counts)).stderr).toContain("x-polytope-token");
		const header = ["-H", "x-polytope-token: s3cret"];
		await mustRun(command, [...header, ...counts]);
	});

	it("makes calls", async () => {
		const create = [
			"-plaintext",
			"-d",
			JSON.stringify(SUBMISSION),
			address,
			`${STORE}/Create`,
		];
		expect(JSON.parse(await mustRun(command, create))).toMatchObject({
			created: true,
			request: { user: { id: "u" }, status: "STATUS_WAITING" },
		});
		const check = ["-plaintext", address, `${HEALTH}/Check`];
		expect(JSON.parse(await mustRun(command, check))).toEqual({
			status: "SERVING",
		});
	});
});
