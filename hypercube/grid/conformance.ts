/**
 * Compares where points of the grids of GRIB files lie with where ecCodes has them: `node conformance.ts FILE…`. Needs a
 * Python with the wheel `eccodes` (`POLYTOPE_PYTHON` names it, `python3` otherwise). Prints a line for each difference
 * and what could not be compared, and a count; exit code 1 when there is any difference.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { openFile } from "../bytes/file.ts";
import { BrokenField, UnsupportedField } from "../cube/field.ts";
import { gridOctets, layoutOf } from "../grib/values/layout.ts";
import { describeGrid } from "./describe.ts";
import type { Grid } from "./grid.ts";
import { openGrid } from "./open.ts";

/** What ecCodes says of the first message with a grid. */
interface Told {
	readonly offset: number;
	readonly length: number;
	readonly kind: string | null;
	readonly scanningMode: number;
	readonly columns: number;
	readonly count: number;
	readonly error?: string;
}

interface Count {
	grids: number;
	points: number;
	differences: number;
	left: number;
}

/** Degrees. */
const tolerance = 1e-9;

async function compareFile(
	path: string,
	folder: string,
	count: Count,
): Promise<void> {
	const script = fileURLToPath(new URL("./conformance.py", import.meta.url));
	const doubles = join(folder, "points");
	const { stdout } = await promisify(execFile)(
		process.env.POLYTOPE_PYTHON ?? "python3",
		[script, path, doubles],
		{ maxBuffer: 1e8 },
	);
	const points = new Float64Array((await readFile(doubles)).buffer.slice(0));
	let at = 0;
	for (const line of stdout.split("\n").filter((one) => one !== "")) {
		const told: Told = JSON.parse(line);
		const latitudes = points.subarray(at, at + told.count);
		const longitudes = points.subarray(at + told.count, at + 2 * told.count);
		at += 2 * told.count;
		count.grids++;
		const where = `${path}@${told.offset}`;
		const grid = await ours(path, told);
		const reason = whyNot(told, grid);
		if (reason !== undefined) {
			count.left++;
			console.log(`${where}: not compared: ${reason}`);
		} else if (typeof grid === "string") {
			count.differences++;
			console.log(`${where}: ${told.kind} has ${told.count} points, ${grid}`);
		} else {
			const difference = compare(told, grid, latitudes, longitudes);
			count.points += told.count;
			if (difference === undefined) continue;
			count.differences++;
			console.log(`${where}: ${describeGrid(grid)}: ${difference}`);
		}
	}
}

/** The grid here, or why there is none. */
async function ours(
	path: string,
	{ offset, length }: Told,
): Promise<Grid | string> {
	using source = openFile(path);
	try {
		const layout = await layoutOf(source, offset, length);
		const octets = await gridOctets(source, layout);
		const { edition, points } = layout;
		return openGrid({ edition, octets, values: points });
	} catch (error) {
		if (error instanceof UnsupportedField || error instanceof BrokenField)
			return error.message;
		throw error;
	}
}

/** What ecCodes does not know itself, or does not do as the standard says; undefined where it can judge. */
function whyNot(
	{ kind, error, scanningMode }: Told,
	grid: Grid | string,
): string | undefined {
	if (error !== undefined) {
		const here = typeof grid === "string" ? grid : describeGrid(grid);
		return `ecCodes: ${error}; here: ${here}`;
	}
	if (kind === "rotated_gg") return "ecCodes does not turn such a grid";
	const isMap =
		kind === "lambert" || kind === "mercator" || kind === "polar_stereographic";
	if (isMap && (scanningMode & 0xf0) !== 0x40)
		return "ecCodes takes the first point of such a grid for its south-western corner, whatever the scanning mode";
	return undefined;
}

function compare(
	told: Told,
	grid: Grid,
	latitudes: Float64Array,
	longitudes: Float64Array,
): string | undefined {
	if (grid.size !== told.count) return `ecCodes has ${told.count} points`;
	const here = grid.coordinates(Uint32Array.of(0, grid.size));
	for (let index = 0; index < grid.size; index++) {
		const other = unfolded(index, told);
		const north = (here.latitudes[index] ?? 0) - (latitudes[other] ?? 0);
		const turn = (here.longitudes[index] ?? 0) - (longitudes[other] ?? 0);
		const east = turn - 360 * Math.round(turn / 360);
		if (Math.max(Math.abs(north), Math.abs(east)) <= tolerance) continue;
		return `point ${index}: ecCodes ${latitudes[other]} ${longitudes[other]}, here ${here.latitudes[index]} ${here.longitudes[index]}`;
	}
	return undefined;
}

/** ecCodes does not notice that every other row goes back; so that is done here. */
function unfolded(
	index: number,
	{ scanningMode, columns, count }: Told,
): number {
	if ((scanningMode & 0x10) === 0) return index;
	const run = scanningMode & 0x20 ? count / columns : columns;
	const row = Math.floor(index / run);
	return row % 2 === 1 ? row * run + run - 1 - (index % run) : index;
}

const paths = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), "conformance-"));
const count: Count = { grids: 0, points: 0, differences: 0, left: 0 };
for (const path of paths) await compareFile(path, folder, count);
await rm(folder, { recursive: true });
console.log(
	`${count.grids} grids, ${count.points} points, ${count.differences} differences, ${count.left} not compared in ${paths.length} files`,
);
if (count.differences > 0 || paths.length === 0) process.exitCode = 1;
