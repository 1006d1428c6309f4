import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { connect, nanos } from "nats";
import { beforeAll, describe, expect, it } from "vitest";
import {
	natsServer,
	type TestNats,
	testNats,
	testNatsCluster,
} from "../../../test/kit/nats.ts";
import { INSTALL_TIMEOUT } from "../../../test/kit/tools.ts";
import { until } from "../../../test/kit/until.ts";
import { faultOf } from "../faults.ts";
import { openLog } from "../log.ts";
import type { DispatchMessage, Queue, Trouble } from "../queue/queue.ts";
import type { NatsSettings } from "./connection.ts";
import { type JetStreamSettings, openJetStream } from "./jetstream.ts";

beforeAll(natsServer, INSTALL_TIMEOUT);

// Every test has a server of its own, and mostly waits for it: they run side by side.
const POOLS = ["one"];
const patience = () => AbortSignal.timeout(30_000);
const settings = (
	nats: NatsSettings,
	more: Partial<JetStreamSettings> = {},
): JetStreamSettings => ({
	nats,
	name: "test",
	pools: POOLS,
	replicas: 1,
	// A busy machine acknowledges late; what comes twice then is no fault.
	ackWaitMs: 3_000,
	maxDeliver: 5,
	dedupeMs: 60_000,
	capacity: 1_000,
	inHand: 100,
	...more,
});
const open = (nats: NatsSettings, more?: Partial<JetStreamSettings>) =>
	openJetStream(settings(nats, more), openLog("silent"));
const message = (requestId: string): DispatchMessage => ({
	requestId,
	attempt: 1,
	collection: "echo",
	pool: "one",
	traceparent: "",
});
const publish = (queue: Queue, id: string) => queue.publish(id, message(id));
/** Publishes as the broker does: again and again, until it is taken. */
const insist = (queue: Queue, id: string) =>
	until(
		"the queue takes a message",
		async () => {
			try {
				return { added: await publish(queue, id) };
			} catch (reason) {
				if (faultOf(reason)?.name !== "UNAVAILABLE") throw reason;
				return false;
			}
		},
		30_000,
	);
/** Takes and acknowledges until all of these have come; every id as often as it came. */
async function drain(queue: Queue, wanted: readonly string[]) {
	const taken: string[] = [];
	while (wanted.some((id) => !taken.includes(id))) {
		const deliveries = await queue.take(POOLS, 10, patience());
		if (deliveries.length === 0)
			throw new Error(`only ${taken.length} of ${wanted.length} came`);
		for (const delivery of deliveries) {
			taken.push(delivery.message.requestId);
			delivery.ack();
		}
	}
	return taken;
}
const names = (count: number) =>
	Array.from({ length: count }, () => randomUUID());

describe.concurrent("a NATS that goes away", () => {
	it("is waited for when it is not there at the start", async () => {
		await using nats = await testNats({ started: false });
		await using queue = await open(nats);
		await expect(publish(queue, "a")).rejects.toThrow(/NATS does not answer/);
		const taken = drain(queue, ["a"]);
		await nats.start();
		await insist(queue, "a");
		expect(await taken).toEqual(["a"]);
	});

	it("that is killed and comes back with what it stored loses and doubles nothing", async () => {
		await using nats = await testNats();
		await using queue = await open(nats);
		const before = names(30);
		await Promise.all(before.map((id) => publish(queue, id)));
		const [inHand] = await queue.take(POOLS, 1, patience());
		await nats.stop("SIGKILL");
		await expect(publish(queue, "meanwhile")).rejects.toThrow();
		inHand?.nack();
		await nats.start();
		expect((await insist(queue, before[5] ?? "")).added).toBe(false);
		await insist(queue, "after");
		const taken = await drain(queue, [...before, "after"]);
		expect(taken.toSorted()).toEqual([...before, "after"].toSorted());
	});

	it("is waited for by whoever was waiting for a message", async () => {
		await using nats = await testNats();
		await using queue = await open(nats);
		const taken = queue.take(POOLS, 1, patience());
		await nats.stop();
		await nats.start();
		await insist(queue, "a");
		expect((await taken)[0]?.message.requestId).toBe("a");
	});

	it("and comes back empty tells that all is lost, and takes the same ids anew", async () => {
		await using nats = await testNats();
		await using queue = await open(nats);
		const troubles: Trouble[] = [];
		using _ = queue.onTrouble((trouble) => troubles.push(trouble));
		// The stream was made by this very opening: whatever was sent before it is gone.
		expect(troubles).toEqual([{ kind: "lost" }]);
		await publish(queue, "a");
		await nats.stop("SIGKILL");
		await nats.lose();
		await nats.start();
		await until("the loss is told", () => troubles.length === 2, 20_000);
		expect((await insist(queue, "a")).added).toBe(true);
		expect(await drain(queue, ["a"])).toEqual(["a"]);
	});

	it("falls silent and comes back", async () => {
		await using nats = await testNats();
		await using queue = await open(nats);
		const taken = drain(queue, ["a", "b"]);
		await publish(queue, "a");
		await nats.freeze();
		const from = performance.now();
		await expect(publish(queue, "b")).rejects.toThrow(
			/did not take|not answer/,
		);
		expect(performance.now() - from).toBeLessThan(10_000);
		nats.thaw();
		await insist(queue, "b");
		// What was in hand longer than its time, while nobody heard the acknowledgement, may have come twice.
		expect(new Set(await taken)).toEqual(new Set(["a", "b"]));
	});

	it("does not keep a queue from ending", async () => {
		await using nats = await testNats();
		const queue = await open(nats);
		await nats.stop();
		const from = performance.now();
		await queue[Symbol.asyncDispose]();
		expect(performance.now() - from).toBeLessThan(3_000);
	});
});

describe.concurrent("several processes", () => {
	it("share the messages, and have those of a process that died", async () => {
		await using nats = await testNats();
		await using one = await open(nats);
		const dying = await open(nats);
		const wanted = names(20);
		for (const id of wanted) await publish(one, id);
		const lost = await dying.take(POOLS, 7, patience());
		expect(lost).toHaveLength(7);
		await dying[Symbol.asyncDispose]();
		const taken = await drain(one, wanted);
		expect(taken.toSorted()).toEqual(wanted.toSorted());
	});

	it("that stop waiting leave nothing behind for which others would have to wait", async () => {
		await using nats = await testNats();
		await using one = await open(nats, { ackWaitMs: 60_000 });
		await using two = await open(nats, { ackWaitMs: 60_000 });
		const stop = new AbortController();
		const nothing = two.take(POOLS, 5, stop.signal);
		stop.abort();
		expect(await nothing).toEqual([]);
		for (const id of names(20)) {
			await publish(one, id);
			const [delivery] = await one.take(POOLS, 1, patience());
			expect(delivery?.message.requestId).toBe(id);
			delivery?.ack();
		}
	});
});

describe.concurrent("a cluster", () => {
	it("goes on when its leader dies, with all that was published", async () => {
		await using cluster = await testNatsCluster(3);
		const url = cluster.servers.map((server) => server.url).join(",");
		// A cluster needs a moment to agree on a leader, at first and again; until then it is as if it were away.
		await using queue = await open({ url }, { replicas: 3 });
		const before = names(20);
		for (const id of before) await insist(queue, id);
		const leader = await leaderOf(cluster.servers);
		await leader?.stop("SIGKILL");
		await insist(queue, "after");
		const taken = await drain(queue, [...before, "after"]);
		expect(new Set(taken)).toEqual(new Set([...before, "after"]));
	});

	it("that is none is too small for copies, and that is an error", async () => {
		await using nats = await testNats();
		await expect(open(nats, { replicas: 3 })).rejects.toThrow(
			/queue.replicas.*no cluster/,
		);
	});
});

describe.concurrent("the stream", () => {
	it("is refused when it is another than configured, and left as it is", async () => {
		await using nats = await testNats();
		await using _ = await open(nats);
		await expect(open(nats, { capacity: 5 })).rejects.toThrow(
			/stream 'test' differs .* max_msgs is 1000, configured is 5/,
		);
		await expect(open(nats, { ackWaitMs: 7_000 })).rejects.toThrow(
			/consumer 'test-one' differs .* ack_wait is 3000000000, configured is 7000000000/,
		);
		await using nc = await connection(nats);
		const jsm = await nc.nc.jetstreamManager();
		expect((await jsm.streams.info("test")).config.max_msgs).toBe(1_000);
		const { config } = await jsm.consumers.info("test", "test-one");
		expect(config.ack_wait).toBe(nanos(3_000));
	});

	it("is refused when another one has its subjects", async () => {
		await using nats = await testNats();
		await using nc = await connection(nats);
		const jsm = await nc.nc.jetstreamManager();
		await jsm.streams.add({ name: "other", subjects: ["test.>"] });
		await expect(open(nats)).rejects.toThrow(/subjects overlap/);
	});

	it("is made again when somebody removed it", async () => {
		await using nats = await testNats();
		await using queue = await open(nats);
		const troubles: Trouble[] = [];
		using _ = queue.onTrouble((trouble) => troubles.push(trouble));
		const taken = drain(queue, ["a"]);
		await using nc = await connection(nats);
		await (await nc.nc.jetstreamManager()).streams.delete("test");
		await insist(queue, "a");
		expect(await taken).toEqual(["a"]);
		expect(troubles).toHaveLength(2);
	});
});

describe.concurrent("who we are", () => {
	it("is told to NATS; a refusal is an error, not something to wait for", async () => {
		await using nats = await testNats({
			args: ["--user", "polytope", "--pass", "secret"],
		});
		const { url } = nats;
		await expect(
			open({ url, user: "polytope", password: "wrong" }),
		).rejects.toThrow(/refuses the connection/);
		await using queue = await open({
			url,
			user: "polytope",
			password: "secret",
		});
		await publish(queue, "a");
		expect(await drain(queue, ["a"])).toEqual(["a"]);
	});

	it("is proven by certificates, on both sides", async () => {
		const at = join(import.meta.dirname, "../rpc/fixtures");
		const ca = join(at, "ca.pem");
		const cert = join(at, "cert.pem");
		const key = join(at, "key.pem");
		await using nats = await testNats({
			args: [
				"--tlsverify",
				`--tlscacert=${ca}`,
				`--tlscert=${cert}`,
				`--tlskey=${key}`,
			],
		});
		const url = nats.url.replace("nats:", "tls:");
		await using stranger = await open({ url });
		await expect(publish(stranger, "a")).rejects.toThrow(/NATS/);
		await using queue = await open({ url, tls: { ca, cert, key } });
		await publish(queue, "a");
		expect(await drain(queue, ["a"])).toEqual(["a"]);
	});

	it("is told to any of several servers", async () => {
		await using nats = await testNats();
		await using gone = await testNats({ started: false });
		await using queue = await open({ url: `${gone.url}, ${nats.url}` });
		await publish(queue, "a");
		expect(await drain(queue, ["a"])).toEqual(["a"]);
	});
});

async function connection({ url }: { readonly url: string }) {
	const nc = await connect({ servers: url.replace("nats://", "") });
	return { nc, [Symbol.asyncDispose]: () => nc.close() };
}

/** The server that leads the stream. */
async function leaderOf(servers: readonly TestNats[]) {
	const [first] = servers;
	if (first === undefined) return undefined;
	await using nc = await connection(first);
	const jsm = await nc.nc.jetstreamManager();
	const { cluster } = await jsm.streams.info("test");
	return servers.find(({ args }) => args.includes(cluster?.leader ?? ""));
}
