import { createHash, randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Caller, callerOf, download } from "../kit/caller.ts";
import { FIELD, field } from "../kit/fields.ts";
import {
	type OtlpReceiver,
	openOtlpReceiver,
	type SeenSpan,
} from "../kit/otlp.ts";
import { startProduct } from "../kit/product.ts";
import { type TemporaryFolder, temporaryFolder } from "../kit/temporary.ts";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";
import { until } from "../kit/until.ts";
import { type Running, startIn, WORLDS } from "../kit/worlds.ts";

let receiver: OtlpReceiver;
let folder: TemporaryFolder;
beforeAll(async () => {
	receiver = await openOtlpReceiver();
	folder = await temporaryFolder("traces");
});
afterAll(async () => {
	await receiver[Symbol.asyncDispose]();
	await folder[Symbol.asyncDispose]();
});

async function configure(name: string, more: object = {}): Promise<string> {
	const file = join(folder.path, `${name}.json`);
	const { endpoint } = receiver;
	const config = {
		telemetry: { otlp: { endpoint, protocol: "http/protobuf" } },
		worker: { drain: "200ms" },
		retry: { times: 3, first: "100ms", most: "200ms" },
		datasources: {
			flaky: { type: "raise", temporary: 1, error_message: "It is down" },
			slow: { type: "dummy", pace: "50ms" },
			fields: {
				type: "grib",
				archive: join(folder.path, name),
				match: { class: "od" },
			},
		},
		collections: {
			flaky: { datasources: ["flaky"] },
			slow: { datasources: ["slow"] },
			fields: { datasources: ["fields"] },
		},
		...more,
	};
	await writeFile(file, JSON.stringify(config));
	return file;
}

/** A client's own trace: its inner spans are wanted. */
function clientTrace() {
	const traceId = randomBytes(16).toString("hex");
	const spanId = randomBytes(8).toString("hex");
	return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-01` };
}
type ClientTrace = ReturnType<typeof clientTrace>;

/** Spans whose parent did not come. */
function orphans({ traceId, spanId }: ClientTrace): string[] {
	const spans = receiver.trace(traceId);
	const known = new Set([spanId, ...spans.map((span) => span.spanId)]);
	return spans
		.filter(({ parentSpanId }) => !known.has(parentSpanId))
		.map(({ name }) => name);
}

/** Statements are told by one test of their own: how many a call makes is nobody's promise. */
const isStatement = ({ attributes }: SeenSpan): boolean =>
	attributes["db.system.name"] !== undefined;

const shortly = (name: string): string => name.replace(/^.*Service\//, "");

/** A trace as paths of `role name`, each once, in alphabetical order; who asks who one is belongs to the first test. */
function shape({ traceId, spanId }: ClientTrace): string[] {
	const spans = receiver.trace(traceId);
	const paths = (parent: string, above: string): string[] =>
		spans
			.filter((span) => span.parentSpanId === parent && !isStatement(span))
			.flatMap((span) => {
				const role = span.attributes["polytope.role"];
				const path = `${above}${role} ${shortly(span.name)}`;
				return [path, ...paths(span.spanId, `${path} / `)];
			});
	return [...new Set(paths(spanId, ""))]
		.filter((path) => !path.includes("Authenticate"))
		.sort();
}

/** Resolves when all spans of a trace are there: such a shape, and no orphan. */
const traced = async (own: ClientTrace, wanted: readonly string[]) => {
	await until(
		"the trace is whole",
		() =>
			wanted.every((path) => shape(own).includes(path)) &&
			orphans(own).length === 0,
	).catch(() => undefined);
	expect(shape(own)).toEqual([...wanted].sort());
	expect(orphans(own)).toEqual([]);
	return receiver.trace(own.traceId);
};

const named = (spans: readonly SeenSpan[], name: string): SeenSpan[] =>
	spans.filter((span) => span.name === name);

const SUBMISSION = "gateway POST /api/v1/requests/*";
const ACCEPTED = [
	SUBMISSION,
	`${SUBMISSION} / gateway Create`,
	`${SUBMISSION} / gateway Create / store Create`,
	`${SUBMISSION} / store request`,
	`${SUBMISSION} / store request / store waiting`,
];
const CLAIMED = [
	`${SUBMISSION} / broker admit`,
	`${SUBMISSION} / broker send dispatch`,
	`${SUBMISSION} / worker Claim`,
	`${SUBMISSION} / worker Claim / store Claim`,
	`${SUBMISSION} / store request / store queued`,
	`${SUBMISSION} / store request / store attempt`,
];
const ATTEMPT = `${SUBMISSION} / store request / store attempt`;
const SETTLED = [
	`${ATTEMPT} / worker Settle`,
	`${ATTEMPT} / worker Settle / store Settle`,
];
const RETRIEVED = [`${ATTEMPT} / worker retrieve`];
const STAGED = [
	...RETRIEVED,
	`${ATTEMPT} / worker stage`,
	`${ATTEMPT} / worker stage / worker Put`,
	`${ATTEMPT} / worker stage / worker Put / staging Put`,
];
const DOWNLOADED = [`${SUBMISSION} / staging GET /api/v1/downloads/{key}`];

describe.each(WORLDS)("the trace of a request, %s", (where) => {
	let it: Running;
	let caller: Caller;
	beforeAll(async () => {
		it = await startIn(where, [await configure(where.replaceAll(" ", "-"))]);
		caller = callerOf(it.url);
	}, INSTALL_TIMEOUT);
	afterAll(() => it[Symbol.asyncDispose]());

	test("that is served has a span of every role that it passed, from who asks to its download", async () => {
		const own = clientTrace();
		const id = await caller.submit("echo", "hi", own);
		await download((await caller.ended(id)).location);
		const spans = await traced(own, [
			...ACCEPTED,
			...CLAIMED,
			...SETTLED,
			...STAGED,
			...DOWNLOADED,
		]);
		expect(
			new Set(spans.map(({ attributes }) => attributes["polytope.role"])),
		).toEqual(
			new Set(["gateway", "identity", "store", "broker", "worker", "staging"]),
		);
		const [whole] = named(spans, "request");
		expect(whole?.attributes).toMatchObject({
			"polytope.request.id": id,
			"polytope.collection": "echo",
			"polytope.datasource": "echo",
			"polytope.status": "processed",
			"polytope.verb": "retrieve",
			"polytope.bytes": 2n,
		});
		expect(spans.filter(({ failed }) => failed)).toEqual([]);
		if (where === "on the stack")
			expect(new Set(spans.map(({ service }) => service)).size).toBe(6);
	});

	test("tells what is done in PostgreSQL, and no text or value of it", async () => {
		const own = clientTrace();
		await caller.submit("echo", "a value of mine", own);
		const statements = () => receiver.trace(own.traceId).filter(isStatement);
		const insertion = await until("the insertion is told", () =>
			statements().find(({ name }) => name.startsWith("INSERT request")),
		);
		expect(insertion.attributes).toEqual({
			"polytope.role": "store",
			"db.system.name": "postgresql",
			"db.query.summary": "INSERT request INSERT lane",
		});
		// It ends later than what it is the parent of, and may come in a later message.
		const parent = await until("its parent is told", () =>
			receiver
				.trace(own.traceId)
				.find(({ spanId }) => spanId === insertion.parentSpanId),
		);
		expect(shortly(parent.name)).toBe("Create");
		await until("no orphan", () => orphans(own).length === 0);
	});

	test("names what it meets as the conventions do", async () => {
		const own = clientTrace();
		const id = await caller.submit("echo", "x", own);
		await caller.ended(id);
		const spans = await traced(own, [
			...ACCEPTED,
			...CLAIMED,
			...SETTLED,
			...STAGED,
		]);
		expect(
			named(spans, "POST /api/v1/requests/*")[0]?.attributes,
		).toMatchObject({
			"http.request.method": "POST",
			"http.route": "/api/v1/requests/*",
			"http.response.status_code": 202n,
			"url.path": "/api/v1/requests/echo",
			"url.scheme": "http",
		});
		const [create] = named(spans, "polytope.store.v1.StoreService/Create");
		expect(create?.attributes).toMatchObject({
			"rpc.system.name": "grpc",
			"rpc.method": "polytope.store.v1.StoreService/Create",
			"rpc.status_code": "OK",
		});
		expect(named(spans, "send dispatch")[0]?.attributes).toMatchObject({
			"messaging.system": where === "on the stack" ? "nats" : "memory",
			"messaging.operation.name": "send",
			"messaging.operation.type": "send",
			"messaging.destination.name": "dispatch",
		});
	});

	test("that fails says so, and why", async () => {
		const own = clientTrace();
		const id = await caller.submit("raise", "x", own);
		expect((await caller.ended(id)).code).toBe(400);
		const spans = await traced(own, [
			...ACCEPTED,
			...CLAIMED,
			...SETTLED,
			...RETRIEVED,
		]);
		expect(
			spans.filter(({ failed }) => failed).map(({ name }) => name),
		).toEqual(expect.arrayContaining(["request", "attempt", "retrieve"]));
	});

	test("that is tried again has an attempt for each try", async () => {
		const own = clientTrace();
		const id = await caller.submit("flaky", "x", own);
		expect((await caller.ended(id)).code).toBe(303);
		const spans = await traced(own, [
			...ACCEPTED,
			...CLAIMED,
			...SETTLED,
			...STAGED,
		]);
		const attempts = named(spans, "attempt");
		expect(
			attempts.map(({ attributes }) => attributes["polytope.attempt"]),
		).toEqual([1n, 2n]);
		expect(attempts[0]?.attributes["polytope.reason"]).toContain("It is down");
		expect(named(spans, "waiting")).toHaveLength(2);
	});

	test("that is revoked ends with that", async () => {
		const own = clientTrace();
		const id = await caller.submit("slow", { size: "50MB" }, own);
		await until(
			"it runs",
			async () => (await caller.record(id))?.status === "processing",
		);
		expect(await caller.revoke(id)).toBe(200);
		await until(
			"it is told",
			() => named(receiver.trace(own.traceId), "request").length > 0,
		);
		const [whole] = named(receiver.trace(own.traceId), "request");
		expect(whole?.attributes["polytope.status"]).toBe("cancelled");
		expect(whole?.failed).toBe(false);
		await until("its worker's end is told", () =>
			shape(own).includes(`${ATTEMPT} / worker stage`),
		);
		const spans = receiver.trace(own.traceId);
		const [attempt] = named(spans, "attempt");
		expect(attempt?.attributes["polytope.status"]).toBe("cancelled");
		expect(named(spans, "stage")[0]?.failed).toBe(true);
		await until("no orphan", () => orphans(own).length === 0);
	});

	test("that nobody asked for has the spans of its life, and its inner spans seldom", async () => {
		const own = clientTrace();
		const unwanted = own.traceparent.replace(/01$/, "00");
		const id = await caller.submit("echo", "x", { traceparent: unwanted });
		await caller.ended(id);
		await until(
			"its life is told",
			() => receiver.trace(own.traceId).length >= 5,
		);
		expect(shape(own)).toEqual([
			SUBMISSION,
			`${SUBMISSION} / store request`,
			ATTEMPT,
			`${SUBMISSION} / store request / store queued`,
			`${SUBMISSION} / store request / store waiting`,
		]);
		expect(orphans(own)).toEqual([]);
	});

	test("to archive has its upload", async () => {
		const own = clientTrace();
		const data = field({ step: 6 });
		const offered = await fetch(`${it.url}/api/v1/requests/fields`, {
			method: "POST",
			headers: {
				authorization: "Bearer demo-key",
				"content-type": "application/json",
				traceparent: own.traceparent,
			},
			body: JSON.stringify({
				verb: "archive",
				request: { ...FIELD, step: "6" },
			}),
		});
		expect(offered.status, await offered.text()).toBe(202);
		const location = offered.headers.get("location") ?? "";
		const uploaded = await fetch(location, {
			method: "POST",
			headers: {
				authorization: "Bearer demo-key",
				"x-checksum": createHash("md5").update(data).digest("hex"),
			},
			body: new Uint8Array(data),
		});
		expect(uploaded.status).toBe(202);
		await until("it is archived", async () => {
			const [whole] = named(receiver.trace(own.traceId), "request");
			return whole?.attributes["polytope.status"] === "processed";
		});
		for (const path of [
			`${SUBMISSION} / store request / store uploading`,
			`${ATTEMPT} / worker archive`,
		])
			await until(`${path} is told`, () => shape(own).includes(path));
		await until("no orphan", () => orphans(own).length === 0);
	});
});

test("a request whose process was killed goes on in the same trace", async () => {
	const own = clientTrace();
	const data = await temporaryFolder("traces");
	await using _data = data;
	const config = [
		await configure("killed", { lease: { duration: "4s", renew: "1s" } }),
	];
	const first = await startProduct({ data: data.path, config });
	const id = await callerOf(first.url).submit("slow", { size: "500kB" }, own);
	await until(
		"it runs",
		async () => (await callerOf(first.url).record(id))?.status === "processing",
	);
	await first.kill();
	await using second = await startProduct({ data: data.path, config });
	expect((await callerOf(second.url).ended(id)).code).toBe(303);
	await until(
		"its end is told",
		() => named(receiver.trace(own.traceId), "request").length > 0,
	);
	const spans = receiver.trace(own.traceId);
	expect(named(spans, "attempt")).toHaveLength(2);
	expect(named(spans, "request")[0]?.attributes["polytope.status"]).toBe(
		"processed",
	);
});

test("what is kept of a request goes in its trace, too", async () => {
	const collector = {
		"garbage-collector": { age: "500ms", interval: "100ms" },
	};
	const config = [
		await configure("expiring", { ...collector, lease: { renew: "100ms" } }),
	];
	await using it = await startProduct({ config });
	const caller = callerOf(it.url);
	const own = clientTrace();
	const id = await caller.submit("echo", "soon gone", own);
	await until(
		"its removal is told",
		() => named(receiver.trace(own.traceId), "expire").length > 0,
	);
	const spans = receiver.trace(own.traceId);
	const [expire] = named(spans, "expire");
	const [submission] = named(spans, "POST /api/v1/requests/*");
	expect(expire?.parentSpanId).toBe(submission?.spanId);
	expect(expire?.attributes).toMatchObject({
		"polytope.role": "collector",
		"polytope.request.id": id,
		"polytope.collection": "echo",
	});
	await until("no orphan", () => orphans(own).length === 0);
});

test("a receiver of spans that is away slows nobody, and nothing piles up", async () => {
	const file = join(folder.path, "away.json");
	const otlp = { endpoint: "http://127.0.0.1:9", protocol: "grpc" };
	await writeFile(file, JSON.stringify({ telemetry: { sampling: 1, otlp } }));
	await using it = await startProduct({ config: [file] });
	const caller = callerOf(it.url);
	const ids = await Promise.all(
		Array.from({ length: 100 }, () => caller.submit("echo", "x")),
	);
	for (const id of ids) expect((await caller.ended(id)).code).toBe(303);
	expect(await it.stop()).toBe(0);
});
