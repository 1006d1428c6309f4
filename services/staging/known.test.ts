import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { newStagingKey } from "../platform/ids.ts";
import { openDisk } from "./disk.ts";
import { openKnown } from "./known.ts";
import { someUpload } from "./objects.contract.ts";

const MINUTE = 60_000;

test("what is there is not looked for again until a minute later", async () => {
	const folder = await mkdtemp(join(tmpdir(), "staging-"));
	onTestFinished(() => rm(folder, { recursive: true, force: true }));
	const objects = await openDisk({ folder, fsync: false });
	let now = 1_000_000;
	const known = openKnown(objects, { now: () => now });
	const { key } = await objects.put(someUpload(), Buffer.alloc(10));
	expect(await known.has(newStagingKey())).toBe(false);
	expect(await known.has(key)).toBe(true);
	await objects.delete(key);
	now += MINUTE - 1;
	expect(await known.has(key)).toBe(true);
	now += 2;
	expect(await known.has(key)).toBe(false);
	known.stored(key);
	expect(await known.has(key)).toBe(true);
	known.removed(key);
	expect(await known.has(key)).toBe(false);
});
