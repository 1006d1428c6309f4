import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { setImmediate } from "node:timers/promises";
import { openArchive } from "../../hypercube/archive/archive.ts";
import type { Datasource } from "../../services/worker/datasources/datasource.ts";
import { openFeatures } from "../../services/worker/datasources/features/datasource.ts";
import { Threads } from "../../services/worker/datasources/features/threads.ts";
import type { Figures, Work } from "./work.ts";
import { toWork } from "./work.ts";

/** What is measured is the datasource as a worker has it: one thread, its files in the page cache. */
const options = {
	profile: "polytope",
	compatible: false,
	maxVertices: 100_000,
	shapes: undefined,
	grids: undefined,
	limits: {},
} as const;

async function perform(work: Work): Promise<Figures[]> {
	const { signal } = new AbortController();
	await using threads = new Threads(1);
	const found: Figures[] = [];
	for (const { path, request, rounds } of work) {
		const archive = await openArchive({ path: [path] }, signal);
		const source = {
			kind: "archive",
			archive,
			indexFolder: tmpdir(),
			allowPartial: false,
		} as const;
		const datasource = openFeatures(source, options, threads);
		const all: Figures[] = [];
		for (let round = 0; round <= rounds; round++)
			all.push(await once(datasource, request));
		// The first round learns what is kept: it does not count.
		found.push(median(all.slice(1)));
	}
	return found;
}

async function once(
	datasource: Datasource,
	request: Work[number]["request"],
): Promise<Figures> {
	const { signal } = new AbortController();
	const job = {
		requestId: "bench",
		posted: "",
		postedJson: true,
		retries: 0,
		request,
	};
	const began = performance.now();
	const plan = await datasource.plan?.(job, signal);
	const planMs = performance.now() - began;
	await setImmediate();
	forgetPeak();
	const before = { memory: residentMiB("VmRSS"), read: bytesRead() };
	const used = process.cpuUsage();
	const from = performance.now();
	const { stream } = await datasource.retrieve(job, signal);
	let firstMs: number | undefined;
	let bytes = 0;
	for await (const chunk of stream) {
		firstMs ??= performance.now() - from;
		bytes += chunk.length;
	}
	const totalMs = performance.now() - from;
	const { user, system } = process.cpuUsage(used);
	return {
		planMs,
		firstMs: firstMs ?? 0,
		totalMs,
		cpuMs: (user + system) / 1000,
		values: plan?.cut?.values ?? 0,
		fields: plan?.fields ?? 0,
		bytes,
		readBytes: bytesRead() - before.read,
		memoryMiB: residentMiB("VmHWM") - before.memory,
		peakMiB: residentMiB("VmHWM"),
	};
}

/** Octets that this process and its threads got from `read` and the like so far. */
const bytesRead = (): number =>
	Number(/rchar: (\d+)/.exec(readFileSync("/proc/self/io", "utf8"))?.[1]);

/** From now on the kernel notes the peak of resident memory anew. */
const forgetPeak = (): void => writeFileSync("/proc/self/clear_refs", "5");

const residentMiB = (name: "VmRSS" | "VmHWM"): number =>
	Number(
		new RegExp(`${name}:\\s+(\\d+) kB`).exec(
			readFileSync("/proc/self/status", "utf8"),
		)?.[1],
	) / 1024;

/** Of each figure the middle one. */
function median(rounds: readonly Figures[]): Figures {
	const middle = (name: keyof Figures): number => {
		const sorted = rounds.map((one) => one[name]).toSorted((a, b) => a - b);
		return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
	};
	return {
		planMs: middle("planMs"),
		firstMs: middle("firstMs"),
		totalMs: middle("totalMs"),
		cpuMs: middle("cpuMs"),
		values: middle("values"),
		fields: middle("fields"),
		bytes: middle("bytes"),
		readBytes: middle("readBytes"),
		memoryMiB: middle("memoryMiB"),
		peakMiB: middle("peakMiB"),
	};
}

const work = toWork(readFileSync(process.argv[2] ?? "", "utf8"));
console.log(JSON.stringify(await perform(work)));
