import { afterAll, beforeAll, expect, test } from "vitest";
import { openStack, type Stack } from "../../stack/stack.ts";
import { sha256 } from "../kit/caller.ts";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";
import { until } from "../kit/until.ts";
import { openPatron, type Patron } from "./patron.ts";

/** How many users work at the same time. */
const USERS = 6;

let stack: Stack;
beforeAll(async () => {
	stack = await openStack({
		replicas: {
			store: 2,
			staging: 2,
			identity: 2,
			telemetry: 1,
			worker: 2,
			broker: 2,
			collector: 1,
			gateway: 2,
		},
	});
	await stack.start();
}, INSTALL_TIMEOUT);
afterAll(() => stack?.[Symbol.asyncDispose]());

test("a restart of every process, one replica after the other, is felt by nobody", async () => {
	const patrons = Array.from({ length: USERS }, () => openPatron(stack.url));
	const stop = new AbortController();
	const working = patrons.map((patron) => work(patron, stop.signal));
	const served = () => patrons.reduce((sum, { done }) => sum + done(), 0);
	await until("work is done", () => served() > USERS);
	for (const replica of ["1", "2"]) {
		const these = stack.processes.filter(({ name }) => name.endsWith(replica));
		const codes = await Promise.all(these.map((one) => one.stop()));
		expect(codes).toEqual(these.map(() => 0));
		await Promise.all(these.map((one) => one.start()));
		await Promise.all(these.map((one) => one.ready()));
		const before = served();
		await until("work goes on", () => served() > before + USERS);
	}
	stop.abort();
	await Promise.all(working);
}, 120_000);

/** Submits, polls and downloads again and again; whatever is not as it should be is thrown. */
async function work(patron: Patron, signal: AbortSignal): Promise<void> {
	for (let round = 0; !signal.aborted; round += 1) {
		const text = `${round} of ${USERS}`;
		expect(sha256(await patron.retrieve("echo", text))).toBe(sha256(text));
	}
}
