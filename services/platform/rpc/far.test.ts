import { once } from "node:events";
import { createServer } from "node:http2";
import { createServer as createTcpServer, type Socket } from "node:net";
import { join } from "node:path";
import { Code, type ConnectRouter } from "@connectrpc/connect";
import { describe, expect, onTestFinished, test } from "vitest";
import { Health } from "../../../gen/health/v1/health_pb.js";
import { StagingService } from "../../../gen/polytope/staging/v1/staging_pb.js";
import { StoreService } from "../../../gen/polytope/store/v1/store_pb.js";
import { openCable } from "../../../test/kit/cable.ts";
import { freePort, freePorts } from "../../../test/kit/ports.ts";
import { until } from "../../../test/kit/until.ts";
import { fault, faultOf } from "../faults.ts";
import { type FarOptions, openFar } from "./far.ts";
import { link } from "./link.ts";
import { type ServeOptions, serveRpc } from "./serve.ts";
import { readTls } from "./tls.ts";

/** A service that counts its calls, and answers when it is let. */
function counting() {
	const counts = { locate: 0, admit: 0, watch: 0, chunks: 0, running: 0 };
	let free = Promise.resolve();
	let release = (): void => {};
	const answer = async (call: "locate" | "admit"): Promise<void> => {
		counts[call] += 1;
		counts.running += 1;
		await free;
		counts.running -= 1;
	};
	return {
		counts,
		hold() {
			free = new Promise((resolve) => {
				release = resolve;
			});
		},
		release: () => release(),
		routes(router: ConnectRouter): void {
			router.service(StagingService, {
				async locate({ key }) {
					await answer("locate");
					return { url: key };
				},
				async write(messages) {
					let length = 0n;
					for await (const { chunk } of messages) {
						counts.chunks += 1;
						length += BigInt(chunk.length);
					}
					return { length };
				},
			});
			router.service(StoreService, {
				async admit() {
					await answer("admit");
					return {};
				},
				get() {
					throw fault("NOT_FOUND", "there is none");
				},
				async *watch(_, { signal }) {
					counts.watch += 1;
					yield {};
					await new Promise((end) => signal.addEventListener("abort", end));
				},
			});
		},
	};
}

type Counting = ReturnType<typeof counting>;

async function serve(one: Counting, options: ServeOptions = {}) {
	const served = await serveRpc(one.routes, options);
	onTestFinished(() => served[Symbol.asyncDispose]());
	return served;
}

function far(options: FarOptions) {
	const way = openFar(options);
	onTestFinished(() => way[Symbol.dispose]());
	return {
		staging: link(StagingService, way),
		store: link(StoreService, way),
		health: link(Health, way),
	};
}

const located = (key: string) => ({ url: key });

describe("several addresses", () => {
	test("share the calls", async () => {
		const [one, other] = [counting(), counting()];
		const urls = [(await serve(one)).url, (await serve(other)).url];
		const { staging } = far({ urls });
		one.hold();
		other.hold();
		const calls = Array.from({ length: 20 }, () =>
			staging.locate({ key: "k" }),
		);
		await until(
			"all are on their way",
			() => one.counts.locate + other.counts.locate === 20,
		);
		expect(one.counts.locate).toBe(10);
		one.release();
		other.release();
		await Promise.all(calls);
	});

	test("are as one while each is started anew: no call fails, whatever it is", async () => {
		const [one, other] = [counting(), counting()];
		const ports = await freePorts(2);
		const served = await Promise.all(
			[one, other].map((service, at) =>
				serve(service, { port: ports[at] ?? 0 }),
			),
		);
		const { staging, store } = far({ urls: served.map(({ url }) => url) });
		const stop = new AbortController();
		const load = Array.from({ length: 16 }, async () => {
			for (let done = 0; ; done += 1) {
				if (stop.signal.aborted) return done;
				expect(await staging.locate({ key: "k" })).toMatchObject(located("k"));
				await store.admit({});
			}
		});
		for (const [at, service] of [one, other].entries()) {
			const before = service.counts.admit;
			await until("it has work", () => service.counts.admit > before + 20);
			await served[at]?.[Symbol.asyncDispose]();
			await serve(service, { port: ports[at] ?? 0 });
			const after = service.counts.admit;
			await until("it has work again", () => service.counts.admit > after);
		}
		stop.abort();
		for (const done of await Promise.all(load)) expect(done).toBeGreaterThan(0);
	});

	test("are those of a name", async () => {
		const { url } = await serve(counting());
		const { staging } = far({ urls: [url.replace("127.0.0.1", "localhost")] });
		expect(await staging.locate({ key: "k" })).toMatchObject(located("k"));
	});
});

describe("a peer that is away", () => {
	test("is waited for", async () => {
		const port = await freePort();
		const { staging, store } = far({ urls: [`http://127.0.0.1:${port}`] });
		const asked = [staging.locate({ key: "k" }), store.admit({})];
		const seen = Array.fromAsync(
			store.watch({}, { signal: AbortSignal.timeout(2000) }),
		);
		const service = counting();
		await serve(service, { port });
		expect(await asked[0]).toMatchObject(located("k"));
		await asked[1];
		await expect(seen).rejects.toThrow();
		expect(service.counts).toMatchObject({ admit: 1, watch: 1 });
	});

	test("is UNAVAILABLE in the end", async () => {
		const { store } = far({ urls: ["http://127.0.0.1:1"], patienceMs: 100 });
		const failed = store.admit({}).catch(faultOf);
		expect(await failed).toMatchObject({
			name: "UNAVAILABLE",
			message: expect.stringContaining("StoreService"),
		});
	});
});

describe("an answer that is lost", () => {
	test("is asked for again where that is safe, and only there", async () => {
		const service = counting();
		await using cable = await openCable((await serve(service)).url);
		const { staging, store } = far({ urls: [cable.url] });
		service.hold();
		const safe = staging.locate({ key: "k" });
		const once = store.admit({}).catch(faultOf);
		await until("both run", () => service.counts.running === 2);
		service.release();
		service.hold();
		cable.cut();
		expect(await once).toMatchObject({ name: "UNAVAILABLE", retry: true });
		await until("it is asked again", () => service.counts.locate === 2);
		service.release();
		expect(await safe).toMatchObject(located("k"));
		expect(service.counts.admit).toBe(1);
	});

	test("ends a stream with UNAVAILABLE", async () => {
		const service = counting();
		await using cable = await openCable((await serve(service)).url);
		const { store } = far({ urls: [cable.url] });
		const heard = store.watch({})[Symbol.asyncIterator]();
		await heard.next();
		cable.cut();
		expect(await heard.next().catch(faultOf)).toMatchObject({
			name: "UNAVAILABLE",
		});
	});

	test("is noticed also when the connection ends in good order", async () => {
		const server = createServer().listen(0, "127.0.0.1");
		onTestFinished(() => void server.close());
		server.on("stream", ({ session }) => {
			session?.close();
			session?.once("timeout", () => session.destroy()).setTimeout(50);
		});
		await once(server, "listening");
		const address = server.address();
		const port = typeof address === "object" ? address?.port : 0;
		const urls = [`http://127.0.0.1:${port}`];
		const { store } = far({ urls, patienceMs: 100 });
		expect(await store.admit({}).catch(faultOf)).toMatchObject({
			name: "UNAVAILABLE",
		});
	});

	test("because the peer fell silent is noticed, and hurts nobody", async () => {
		const service = counting();
		await using cable = await openCable((await serve(service)).url);
		const keepAlive = { askMs: 50, answerMs: 500 };
		const { staging, store } = far({ urls: [cable.url], keepAlive });
		const heard = store.watch({})[Symbol.asyncIterator]();
		await heard.next();
		cable.freeze();
		const safe = staging.locate({ key: "k" });
		expect(await heard.next().catch(faultOf)).toMatchObject({
			name: "UNAVAILABLE",
		});
		expect(await safe).toMatchObject(located("k"));
	});
});

test("a connection that is given up when somebody would call is lost to who calls already", async () => {
	const service = counting();
	await using cable = await openCable((await serve(service)).url);
	// Only a call to come asks whether the peer is there still.
	const keepAlive = { askMs: 50, answerMs: 60_000 };
	const { staging, store } = far({ urls: [cable.url], keepAlive });
	const heard = store.watch({})[Symbol.asyncIterator]();
	await heard.next();
	cable.freeze();
	await passed(100);
	// The first asks the peer, the second finds that it does not answer in time.
	const first = staging.locate({ key: "k" });
	await passed(100);
	const calls = [first, staging.locate({ key: "k" })];
	expect(await heard.next().catch(faultOf)).toMatchObject({
		name: "UNAVAILABLE",
	});
	for (const call of calls) expect(await call).toMatchObject(located("k"));
});

test("many who find a connection dead, and its address refusing, hear just that", async () => {
	const taken: Socket[] = [];
	const deaf = createTcpServer((socket) => void taken.push(socket));
	const port = await freePort();
	await new Promise<void>((ready) =>
		deaf.listen(port, "127.0.0.1", () => ready()),
	);
	const keepAlive = { askMs: 30, answerMs: 60 };
	const { staging } = far({
		urls: [`http://127.0.0.1:${port}`],
		keepAlive,
		patienceMs: 300,
	});
	const call = () => staging.locate({ key: "k" }).catch(faultOf);
	const calls = [call()];
	await until("it is connected", () => taken.length > 0);
	deaf.close();
	for (let n = 0; n < 20; n += 1) {
		await passed(10);
		calls.push(call());
	}
	for (const answer of await Promise.all(calls))
		expect(answer).toMatchObject({ name: "UNAVAILABLE" });
	for (const socket of taken) socket.destroy();
});

async function passed(ms: number): Promise<void> {
	const from = performance.now();
	await until(`${ms} ms pass`, () => performance.now() - from > ms);
}

describe("a deadline", () => {
	test("is kept, and is an outage", async () => {
		const service = counting();
		const { url } = await serve(service);
		const { store } = far({ urls: [url] });
		service.hold();
		const late = store.admit({}, { timeoutMs: 50 }).catch(faultOf);
		expect(await late).toMatchObject({ name: "TOO_LATE", retry: true });
		service.release();
	});

	test("of the caller's own is the caller's own", async () => {
		const service = counting();
		const { url } = await serve(service);
		const { store } = far({ urls: [url] });
		service.hold();
		const gone = new AbortController();
		const call = store.admit({}, { signal: gone.signal });
		await until("it runs", () => service.counts.running === 1);
		gone.abort();
		await expect(call).rejects.toMatchObject({ code: Code.Canceled });
		service.release();
	});
});

test("a peer's own refusal arrives as it is", async () => {
	const { store } = far({ urls: [(await serve(counting())).url] });
	expect(await store.get({ id: "x" }).catch(faultOf)).toMatchObject({
		name: "NOT_FOUND",
		message: "there is none",
	});
});

test("a port that ends lets calls and uploads finish, and ends what would go on for ever", async () => {
	const service = counting();
	const served = await serve(service);
	const { staging, store } = far({ urls: [served.url] });
	service.hold();
	const call = store.admit({});
	const heard = store.watch({})[Symbol.asyncIterator]();
	await heard.next();
	const more = Promise.withResolvers<void>();
	const upload = staging.write(
		(async function* () {
			yield { chunk: new Uint8Array(10) };
			await more.promise;
			yield { chunk: new Uint8Array(10) };
		})(),
	);
	await until(
		"all run",
		() => service.counts.running === 1 && service.counts.chunks === 1,
	);
	const ended = served[Symbol.asyncDispose]();
	expect((await heard.next()).done).toBe(true);
	more.resolve();
	service.release();
	expect(await upload).toMatchObject({ length: 20n });
	await call;
	await ended;
});

describe("trust", () => {
	test("is a token that both know; health is open to all", async () => {
		const service = counting();
		const { url } = await serve(service, { token: "s3cret" });
		const friend = far({ urls: [url], token: "s3cret" });
		expect(await friend.staging.locate({ key: "k" })).toMatchObject(
			located("k"),
		);
		for (const token of [undefined, "other"]) {
			const { staging, store, health } = far({ urls: [url], token });
			const refused = { code: Code.Internal };
			await expect(staging.locate({})).rejects.toMatchObject(refused);
			await expect(Array.fromAsync(store.watch({}))).rejects.toMatchObject(
				refused,
			);
			expect((await health.check({})).status).toBe(1);
		}
		expect(service.counts).toMatchObject({ locate: 1, watch: 0 });
	});

	test("is certificates of one authority, on both sides", async () => {
		const at = join(import.meta.dirname, "fixtures");
		const tls = readTls({
			ca: join(at, "ca.pem"),
			cert: join(at, "cert.pem"),
			key: join(at, "key.pem"),
		});
		const { url } = await serve(counting(), { tls });
		expect(url).toMatch(/^https:/);
		const byName = url.replace("127.0.0.1", "localhost");
		for (const urls of [[url], [byName]]) {
			const { staging } = far({ urls, tls });
			expect(await staging.locate({ key: "k" })).toMatchObject(located("k"));
		}
		const stranger = far({ urls: [url], patienceMs: 0 });
		expect(await stranger.store.admit({}).catch(faultOf)).toMatchObject({
			name: "UNAVAILABLE",
		});
	});
});
