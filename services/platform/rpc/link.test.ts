import { once } from "node:events";
import { Code, ConnectError, type ConnectRouter } from "@connectrpc/connect";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { StagingService } from "../../../gen/polytope/staging/v1/staging_pb.js";
import {
	Status,
	StoreService,
} from "../../../gen/polytope/store/v1/store_pb.js";
import { fault, faultOf } from "../faults.ts";
import { openFar } from "./far.ts";
import { link, type Place } from "./link.ts";
import { serveRpc } from "./serve.ts";

/** What the services below saw of their last call. */
const seen = {
	signal: AbortSignal.abort(),
	timeoutMs: 0,
	chunks: 0,
	left: false,
};

/** Two services that do what a test asks of them by the id it sends. */
function routes(router: ConnectRouter): void {
	router.service(StoreService, {
		async get({ id }, call) {
			seen.signal = call.signal;
			seen.timeoutMs = call.timeoutMs() ?? 0;
			if (id === "fault") throw fault("NOT_FOUND", "there is none");
			if (id === "bug") throw new TypeError("a bug");
			if (id === "slow") await once(call.signal, "abort");
			return { request: { id, labels: { a: "b" }, seq: 7n } };
		},
		async *watch({ statuses }, call) {
			seen.signal = call.signal;
			seen.left = false;
			try {
				for (const status of statuses) yield { changes: [{ status }] };
				if (statuses.includes(Status.FAILED))
					throw fault("CONFLICT", "no more");
				if (statuses.includes(Status.QUEUED)) await once(call.signal, "abort");
			} finally {
				seen.left = true;
			}
		},
	});
	router.service(StagingService, {
		async write(requests) {
			let length = 0n;
			seen.left = false;
			try {
				for await (const { chunk } of requests) {
					seen.chunks += 1;
					length += BigInt(chunk.length);
					if (chunk.length === 1) throw fault("FULL", "one is too many");
				}
			} finally {
				seen.left = true;
			}
			return { length };
		},
	});
}

const open = new AsyncDisposableStack();
const places = new Map<string, Place>([["near", { routes }]]);
beforeAll(async () => {
	const { url } = open.use(await serveRpc(routes));
	places.set("far", open.use(openFar({ urls: [url] })));
});
afterAll(() => open.disposeAsync());

describe.each(["near", "far"])("a %s service", (where) => {
	const place = () => places.get(where) ?? expect.fail("no such place");
	const store = () => link(StoreService, place());
	const staging = () => link(StagingService, place());
	const codeOf = (call: Promise<unknown>): Promise<Code> =>
		call.then(
			() => expect.fail("the call succeeded"),
			(reason: unknown) => ConnectError.from(reason).code,
		);

	it("gets the whole message and answers one, with what was left out at its default", async () => {
		const { request } = await store().get({ id: "x" });
		expect(request).toMatchObject({ id: "x", labels: { a: "b" }, seq: 7n });
		expect(request?.history).toEqual([]);
	});

	it("says no with its fault's code and words", async () => {
		const refused = await store()
			.get({ id: "fault" })
			.catch((reason: unknown) => reason);
		expect(faultOf(refused)).toMatchObject({
			name: "NOT_FOUND",
			message: "there is none",
		});
	});

	it("turns a bug into 'internal' and no known fault", async () => {
		const bug = await store()
			.get({ id: "bug" })
			.catch((reason: unknown) => reason);
		expect(ConnectError.from(bug).code).toBe(Code.Internal);
		expect(faultOf(bug)).toBeUndefined();
	});

	it("knows its caller's deadline, and has one of its own when the caller names none", async () => {
		await store().get({ id: "x" });
		expect(seen.timeoutMs).toBeGreaterThan(5_000);
		await store().get({ id: "x" }, { timeoutMs: 1_000 });
		expect(seen.timeoutMs).toBeLessThanOrEqual(1_000);
	});

	it("is told when the time is up, and the caller hears it", async () => {
		const call = store().get({ id: "slow" }, { timeoutMs: 50 });
		expect(await codeOf(call)).toBe(Code.DeadlineExceeded);
		await expect.poll(() => seen.signal.aborted).toBe(true);
	});

	it("is told when the caller gives up", async () => {
		const giveUp = new AbortController();
		const call = store().get({ id: "slow" }, { signal: giveUp.signal });
		await expect.poll(() => seen.signal.aborted).toBe(false);
		giveUp.abort();
		expect(await codeOf(call)).toBe(Code.Canceled);
		await expect.poll(() => seen.signal.aborted).toBe(true);
		expect(
			await codeOf(store().get({ id: "x" }, { signal: giveUp.signal })),
		).toBe(Code.Canceled);
	});

	it("says what it does not serve", async () => {
		expect(await codeOf(store().counts({}))).toBe(Code.Unimplemented);
	});

	it("streams answers, and its fault after them", async () => {
		const heard: Status[] = [];
		const listen = async (...statuses: Status[]) => {
			for await (const { changes } of store().watch({ statuses }))
				for (const { status } of changes) heard.push(status);
		};
		await listen(Status.WAITING, Status.PROCESSED);
		expect(heard).toEqual([Status.WAITING, Status.PROCESSED]);
		expect(await codeOf(listen(Status.FAILED))).toBe(Code.FailedPrecondition);
		expect(heard.at(-1)).toBe(Status.FAILED);
	});

	it("is told when the reader of a stream leaves", async () => {
		const leave = new AbortController();
		const listen = async () => {
			const statuses = [Status.QUEUED];
			const { signal } = leave;
			for await (const _ of store().watch({ statuses }, { signal }))
				leave.abort();
		};
		expect(await codeOf(listen())).toBe(Code.Canceled);
		await expect.poll(() => seen.signal.aborted).toBe(true);
	});

	it("is ended when the reader of a stream gives up between two answers", async () => {
		const statuses = [Status.WAITING, Status.QUEUED];
		const giveUp = new AbortController();
		const { signal } = giveUp;
		const answers = store()
			.watch({ statuses }, { signal })
			[Symbol.asyncIterator]();
		await answers.next();
		expect(seen.left).toBe(false);
		giveUp.abort();
		await expect.poll(() => seen.left).toBe(true);
	});

	it("waits for no more questions of a caller who is late or has gone", async () => {
		async function* stuck() {
			yield { chunk: new Uint8Array(5) };
			await new Promise(() => {});
		}
		const late = staging().write(stuck(), { timeoutMs: 50 });
		expect(await codeOf(late)).toBe(Code.DeadlineExceeded);
		await expect.poll(() => seen.left).toBe(true);
		const giveUp = new AbortController();
		seen.chunks = 0;
		const gone = staging().write(stuck(), { signal: giveUp.signal });
		await expect.poll(() => seen.chunks).toBe(1);
		expect(seen.left).toBe(false);
		giveUp.abort();
		expect(await codeOf(gone)).toBe(Code.Canceled);
		await expect.poll(() => seen.left).toBe(true);
	});

	it("takes a stream of questions, and may end it early", async () => {
		async function* chunks(...sizes: number[]) {
			for (const size of sizes) yield { chunk: new Uint8Array(size) };
		}
		const { length } = await staging().write(chunks(10, 20, 30));
		expect(length).toBe(60n);
		expect(await codeOf(staging().write(chunks(10, 1, 30)))).toBe(
			Code.ResourceExhausted,
		);
	});

	it("ends with its caller's own error in a stream of questions", async () => {
		async function* broken() {
			yield { chunk: new Uint8Array(10) };
			throw new Error("the source broke");
		}
		await expect(staging().write(broken())).rejects.toThrow("the source broke");
	});
});
