import { realpath } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { processesOn } from "../kit/processes.ts";
import { startProduct } from "../kit/product.ts";
import { type TemporaryFolder, temporaryFolder } from "../kit/temporary.ts";
import { until } from "../kit/until.ts";
import { type Life, openLife } from "./life.ts";
import { points } from "./points.ts";

let folder: TemporaryFolder;
let life: Life;

beforeAll(async () => {
	folder = await temporaryFolder("crash");
	life = openLife(await realpath(folder.path));
	await life.start();
});
afterAll(async () => {
	await life.product().kill();
	await nobodyOn(life.data);
	await folder[Symbol.asyncDispose]();
});

const nobodyOn = (data: string) =>
	until(
		"nothing runs on the data",
		async () => (await processesOn(data)).length === 0,
	);

describe("kill -9", () => {
	test.each(Object.entries(points))("%s loses nothing", async (_, bring) => {
		const after = await bring(life);
		await life.product().kill();
		await life.start();
		await after?.();
		await life.allEnded();
	});

	test("leaves no process behind", async () => {
		expect((await processesOn(life.data)).length).toBeGreaterThan(1);
		await life.product().kill();
		await nobodyOn(life.data);
		await life.start();
		await life.allEnded();
		await life.sameContent();
	});
});

describe("a data folder", () => {
	test("has one process: a second is refused and told why", async () => {
		const second = startProduct({ data: life.data });
		await expect(second).rejects.toThrow(
			/ended with 1.*in use by process \d+/s,
		);
		expect((await life.caller().poll(await life.echo())).code).not.toBe(500);
		await life.allEnded();
	});
});

describe.each([
	["SIGTERM", 1],
	["SIGINT", 1],
	["SIGINT, twice as npm sends it,", 2],
])("%s", (signals, times) => {
	test("ends it with 0, gives back what runs, and leaves nothing", async () => {
		const id = await life.dummy("stuck", 5);
		await until(
			"it runs",
			async () => (await life.status(id)) === "processing",
		);
		const { pid } = life.product();
		const name = signals.startsWith("SIGINT") ? "SIGINT" : "SIGTERM";
		for (let sent = 0; sent < times; sent += 1) process.kill(pid, name);
		expect(await life.product().stop(), life.product().output()).toBe(0);
		await nobodyOn(life.data);
		await life.start();
		expect(["waiting", "queued", "processing"]).toContain(
			await life.status(id),
		);
		await life.allEnded();
	});
});
