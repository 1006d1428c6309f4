import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { until } from "../../test/kit/until.ts";
import { fault } from "./faults.ts";
import { openLog } from "./log.ts";
import { patiently } from "./patiently.ts";

const around = (ending = new AbortController()) => ({
	log: openLog("silent"),
	ending: ending.signal,
});

test("what is away is waited for, whoever says so", async () => {
	let tries = 0;
	const opened = await patiently(around(), "it", async () => {
		tries += 1;
		if (tries === 1) throw fault("UNAVAILABLE", "away");
		if (tries === 2) {
			const cause = await once(connect(1, "127.0.0.1"), "connect").catch(
				(reason: unknown) => reason,
			);
			throw new Error("cannot be reached", { cause });
		}
		return tries;
	});
	expect(opened).toBe(3);
});

test("what is wrong with it is said at once", async () => {
	const open = () => Promise.reject(new Error("wrong password"));
	await expect(patiently(around(), "it", open)).rejects.toThrow("password");
});

test("nobody waits when the process is told to end", async () => {
	const ending = new AbortController();
	let tries = 0;
	const opening = patiently(around(ending), "it", () => {
		tries += 1;
		return Promise.reject(fault("UNAVAILABLE", "away"));
	});
	opening.catch(() => undefined);
	await until("it waits", () => tries > 2);
	ending.abort();
	await expect(opening).rejects.toThrow("away");
});
