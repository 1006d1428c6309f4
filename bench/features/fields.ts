import { once } from "node:events";
import {
	closeSync,
	createWriteStream,
	ftruncateSync,
	mkdirSync,
	openSync,
	readFileSync,
	writeFileSync,
	writeSync,
} from "node:fs";
import { join } from "node:path";
import { mustRun } from "../../test/kit/command.ts";
import { python } from "../../test/kit/python.ts";
import { type Labels, o1280Template, Template } from "./messages.ts";

/** Files of fields on one grid. */
export interface GridFields {
	/** Ten steps of 2 m temperature. */
	readonly forecast: string;
	/** Temperature at four steps on three levels. */
	readonly levels: string;
	/** 145 steps: a file with holes, of whose values those around a point are there. */
	readonly series: string;
}

export interface Fields {
	readonly o1280: GridFields;
	readonly h1024: GridFields;
	/** The forecast on O1280 as ecCodes packs it by CCSDS. */
	readonly ccsds: string;
	/** The series of fifty members: a folder, a file for each. */
	readonly members: string;
}

const members = 50;
const range = (count: number): number[] =>
	Array.from({ length: count }, (_, n) => n);
const forecast: readonly Labels[] = range(10).map((step) => ({
	step,
	expver: "0001",
}));
const levels: readonly Labels[] = range(4).flatMap((step) =>
	[1000, 850, 500].map((level) => ({ step, level })),
);
const series = (member?: number): Labels[] =>
	range(145).map((step) => ({
		step,
		expver: "0002",
		...(member && { member }),
	}));

/** A place on the sphere, degrees. */
interface Place {
	readonly latitude: number;
	readonly longitude: number;
}

/**
 * Makes all fields in a folder: O1280 by our own writer, of the same values CCSDS and HEALPix by ecCodes. Those of
 * different files have different experiments, for who keeps them all in one archive.
 *
 * @param place whose values fields with holes have
 */
export async function makeFields(
	folder: string,
	place: Place,
): Promise<Fields> {
	const path = (name: string) => join(folder, name);
	const fields = {
		o1280: gridFiles(folder, "o1280"),
		h1024: gridFiles(folder, "h1024"),
		ccsds: path("ccsds.grib2"),
		members: path("members"),
	};
	const surface = o1280Template("forecast");
	const level = o1280Template("level");
	const [surfaceFile, levelFile, out] = ["surface", "level", "out"].map(path);
	await writeWhole(fields.o1280.forecast, surface, forecast);
	await writeWhole(fields.o1280.levels, level, levels);
	writeSparse(fields.o1280.series, surface, series(), place);
	writeMembers(fields.members, place);

	writeFileSync(surfaceFile ?? "", surface.bytes);
	writeFileSync(levelFile ?? "", level.bytes);
	const converted = async (kind: string, source = "", target = "") => {
		const script = join(import.meta.dirname, "convert.py");
		await mustRun(await python(), [script, kind, source, target]);
		return new Template(readFileSync(target));
	};
	const ccsds = await converted("ccsds", surfaceFile, out);
	await writeWhole(
		fields.ccsds,
		ccsds,
		forecast.map((labels) => ({ ...labels, expver: "0003" })),
	);
	const healpix = await converted("healpix", surfaceFile, out);
	await writeWhole(fields.h1024.forecast, healpix, forecast.slice(0, 1));
	writeSparse(fields.h1024.series, healpix, series(), place);
	const healpixLevel = await converted("healpix", levelFile, out);
	await writeWhole(fields.h1024.levels, healpixLevel, levels);
	return fields;
}

const gridFiles = (folder: string, grid: string): GridFields => ({
	forecast: join(folder, `${grid}.grib2`),
	levels: join(folder, `${grid}-levels.grib2`),
	series: join(folder, `${grid}-series.grib2`),
});

function writeMembers(folder: string, place: Place): void {
	mkdirSync(folder);
	const template = o1280Template("member");
	for (let member = 1; member <= members; member++)
		writeSparse(
			join(folder, `${member}.grib2`),
			template,
			series(member),
			place,
		);
}

/** One message for each of the labels. */
async function writeWhole(
	path: string,
	template: Template,
	labels: readonly Labels[],
): Promise<void> {
	const file = createWriteStream(path);
	for (const one of labels)
		if (!file.write(template.label(one).slice())) await once(file, "drain");
	file.end();
	await once(file, "close");
}

/** The same with holes: heads, ends, and values around a point. */
function writeSparse(
	path: string,
	template: Template,
	labels: readonly Labels[],
	{ latitude, longitude }: Place,
): void {
	const { dataOffset } = template;
	const point = template.nearest(latitude, longitude);
	const file = openSync(path, "w");
	try {
		for (const [number, one] of labels.entries()) {
			const bytes = template.label(one);
			const offset = number * bytes.length;
			const at = dataOffset + 2 * point;
			writeSync(file, bytes, 0, dataOffset, offset);
			// Another value in each field.
			writeSync(file, bytes, at + 2 * number, 2, offset + at);
			writeSync(file, bytes, bytes.length - 4, 4, offset + bytes.length - 4);
		}
		ftruncateSync(file, labels.length * template.bytes.length);
	} finally {
		closeSync(file);
	}
}
