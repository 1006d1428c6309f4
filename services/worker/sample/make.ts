import { randomUUID } from "node:crypto";
import {
	mkdir,
	open,
	readFile,
	rename,
	rm,
	stat,
	writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { octahedralGrid } from "../../../hypercube/grid/octahedral.ts";
import { forecast, members, type SampleRun } from "./forecast.ts";

/** Raised whenever the messages change, so that an archive made before is made anew. */
const version = 1;

const markerName = ".sample.json";

/** What stands in the folder when it is whole: file names and their lengths in bytes. */
interface Marker {
	readonly version: number;
	readonly files: Readonly<Record<string, number>>;
}

const deterministic = (date: string, start: number): SampleRun[] => [
	{ date, start, member: 0 },
];

const files: Readonly<Record<string, readonly SampleRun[]>> = {
	"20250101-oper-fc.grib2": deterministic("20250101", 0),
	"20250102-oper-fc.grib2": deterministic("20250102", 24),
	"20250101-enfo-pf.grib2": Array.from({ length: members }, (_, index) => ({
		date: "20250101",
		start: 0,
		member: index + 1,
	})),
};

/**
 * Makes the sample archive in `folder` unless it is there already: a small invented forecast on the
 * octahedral grid O48 (1092 GRIB 2 messages, about 24 MB), the same bytes each time. Files appear whole
 * (written under another name, then renamed); a marker written last lists them with their lengths.
 * @throws the signal's reason when aborted; nothing half-made keeps its final name.
 */
export async function makeSample(
	folder: string,
	signal?: AbortSignal,
): Promise<void> {
	if (await isWhole(folder)) return;
	await mkdir(folder, { recursive: true });
	const lengths: Record<string, number> = {};
	for (const [name, runs] of Object.entries(files)) {
		lengths[name] = await replace(join(folder, name), (path) =>
			writeRuns(path, runs, signal),
		);
	}
	const marker: Marker = { version, files: lengths };
	await replace(join(folder, markerName), (path) =>
		writeFile(path, JSON.stringify(marker)),
	);
}

async function isWhole(folder: string): Promise<boolean> {
	try {
		const text = await readFile(join(folder, markerName), "utf8");
		const marker: Marker = JSON.parse(text);
		if (marker.version !== version) return false;
		for (const [name, length] of Object.entries(marker.files)) {
			if ((await stat(join(folder, name))).size !== length) return false;
		}
		return true;
	} catch {
		// No marker, an unreadable one, or a file gone: all mean "make it".
		return false;
	}
}

async function writeRuns(
	path: string,
	runs: readonly SampleRun[],
	signal: AbortSignal | undefined,
): Promise<number> {
	const grid = octahedralGrid(48);
	let length = 0;
	await using file = await open(path, "wx");
	for (const run of runs) {
		for (const messages of forecast(run, grid)) {
			signal?.throwIfAborted();
			const { bytesWritten } = await file.writev(messages);
			length += bytesWritten;
		}
	}
	return length;
}

/** Lets `write` fill a file of another name, and only then gives it its own. */
async function replace<T>(
	path: string,
	write: (path: string) => Promise<T>,
): Promise<T> {
	const hidden = join(path, "..", `.${randomUUID()}.tmp`);
	try {
		const result = await write(hidden);
		await rename(hidden, path);
		return result;
	} finally {
		await rm(hidden, { force: true });
	}
}
