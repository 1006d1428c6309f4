import { RingBuilder, ShapeError, WrongCorners } from "./geometry.ts";
import type { Part } from "./polygon.ts";

/** Octets of the main file's header, and of a record's. */
const HEADER = 100;
const RECORD = 8;

/** Polygon, PolygonZ and PolygonM begin alike; heights and measures follow and are not read. */
const POLYGONS: ReadonlySet<number> = new Set([5, 15, 25]);
const EMPTY = 0;

/**
 * The polygons of a shapefile's main file (`.shp`; ESRI Shapefile Technical Description, July 1998): of all records all
 * rings, holes included. Coordinates are taken as longitude and latitude in degrees, whatever the `.prj` says.
 *
 * @throws {ShapeError} for one of points or lines, and for one whose lengths lie
 */
export function parseShp(bytes: Uint8Array): readonly Part[] {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	if (bytes.length < HEADER || view.getInt32(0) !== 9994)
		throw new ShapeError("it is no shapefile");
	const parts: Part[] = [];
	const wrong = new WrongCorners();
	let at = HEADER;
	while (at + RECORD + 4 <= bytes.length) {
		const length = 2 * view.getInt32(at + 4);
		const end = at + RECORD + length;
		if (length < 4 || end > bytes.length)
			throw new ShapeError(`record at octet ${at} reaches beyond the file`);
		const record = new DataView(
			bytes.buffer,
			bytes.byteOffset + at + RECORD,
			length,
		);
		const part = partOf(record, at, wrong);
		if (part.length > 0) parts.push(part);
		at = end;
	}
	wrong.settle();
	if (parts.length === 0)
		throw new ShapeError("the shapefile holds no polygon");
	return parts;
}

/** One record: type, bounding box, number of rings and of points, first point of each ring, points. */
function partOf(record: DataView, at: number, wrong: WrongCorners): Part {
	const type = record.getInt32(0, true);
	if (type === EMPTY) return [];
	if (!POLYGONS.has(type))
		throw new ShapeError(`the shapefile has no polygons but type ${type}`);
	if (record.byteLength < 44)
		throw new ShapeError(`record at octet ${at} is too short`);
	const rings = record.getInt32(36, true);
	const points = record.getInt32(40, true);
	const from = 44 + 4 * rings;
	if (rings < 0 || points < 0 || from + 16 * points > record.byteLength)
		throw new ShapeError(`record at octet ${at} has more points than octets`);
	const starts = Array.from({ length: rings }, (_, ring) =>
		record.getInt32(44 + 4 * ring, true),
	);
	return starts.map((start, ring) => {
		const end = starts[ring + 1] ?? points;
		if (start < 0 || end < start || end > points)
			throw new ShapeError(`record at octet ${at} has rings out of order`);
		const builder = new RingBuilder(wrong);
		for (let point = start; point < end; point++) {
			const place = from + 16 * point;
			builder.add(
				record.getFloat64(place + 8, true),
				record.getFloat64(place, true),
			);
		}
		return builder.build();
	});
}
