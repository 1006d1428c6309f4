import { afterEach, expect, it } from "vitest";
import { until } from "../../../../test/kit/until.ts";
import { type Outbox, openOutbox, Refused, type Send } from "./outbox.ts";
import type { Packet } from "./packer.ts";

const MOST = 1000;
const BATCH = 300;

const opened: Outbox[] = [];
afterEach(async () => {
	for (const outbox of opened.splice(0)) await outbox.close(0);
});

/** Requests tell the names of their packets. */
function open(send: (names: string, signal: AbortSignal) => Promise<void>) {
	let lost = 0;
	const outbox = openOutbox({
		...{ most: MOST, batch: BATCH, timeout: 60_000, again: 1 },
		make: (packets) => Buffer.from(packets.map(({ scope }) => scope).join()),
		send: ((request, signal) =>
			send(Buffer.from(request).toString(), signal)) satisfies Send,
		lost: (spans) => {
			lost += spans;
		},
	});
	opened.push(outbox);
	return { outbox, lost: () => lost };
}

const packet = (n: number): Packet => ({
	scope: String(n),
	lifecycle: false,
	spans: 1,
	bytes: new Uint8Array(100),
});

/** As a receiver that takes connections and answers none. */
const never = (_: string, signal: AbortSignal): Promise<void> =>
	new Promise((_resolve, reject) =>
		signal.addEventListener("abort", () => reject(new Error("too late"))),
	);

it("keeps no more than it may while its receiver hangs, and counts the rest", async () => {
	const { outbox, lost } = open(never);
	for (let n = 0; n < 10_000; n += 1) {
		outbox.offer(packet(n));
		if (n % 100 === 0) await Promise.resolve();
		expect(outbox.kept().bytes).toBeLessThanOrEqual(MOST + BATCH);
	}
	await until("one request is under way", () => outbox.kept().spans === 13);
	expect(lost()).toBe(10_000 - 13);
});

it("lets the oldest go, and sends the newest when the receiver is back", async () => {
	let away = true;
	const sent: string[] = [];
	const { outbox, lost } = open(async (names) => {
		if (away) throw new Error("away");
		sent.push(names);
	});
	for (let n = 0; n < 100; n += 1) outbox.offer(packet(n));
	away = false;
	outbox.flush();
	await until("all is sent", () => outbox.kept().spans === 0);
	const arrived = sent.join().split(",").map(Number);
	expect(arrived.at(-1)).toBe(99);
	expect(arrived.length + lost()).toBe(100);
	expect(arrived).toEqual(arrived.toSorted((a, b) => a - b));
});

it("sends again what did not arrive, but not what was refused", async () => {
	const tries: string[] = [];
	const { outbox, lost } = open(async (names) => {
		tries.push(names);
		if (names === "1") throw new Refused("never");
		if (tries.length < 3) throw new Error("not yet");
	});
	for (const n of [0, 1, 2]) {
		outbox.offer(packet(n));
		outbox.flush();
		await until("it is gone", () => outbox.kept().spans === 0);
	}
	expect(tries).toEqual(["0", "0", "0", "1", "2"]);
	expect(lost()).toBe(1);
});

it("sends what waits when it is closed, and waits for nobody who is away", async () => {
	const sent: string[] = [];
	const there = open(async (names) => void sent.push(names));
	there.outbox.offer(packet(7));
	expect(await there.outbox.close(60_000)).toBe(0);
	expect(sent).toEqual(["7"]);

	const hanging = open(never);
	for (let n = 0; n < 5; n += 1) hanging.outbox.offer(packet(n));
	expect(await hanging.outbox.close(10)).toBe(5);
	expect(hanging.lost()).toBe(5);

	const gone = open(() => Promise.reject(new Error("refused")));
	gone.outbox.offer(packet(1));
	expect(await gone.outbox.close(60_000)).toBe(1);
});
