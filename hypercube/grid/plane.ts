import { BrokenField } from "../cube/field.ts";
import { type Area, contains } from "./area.ts";
import type { Coordinates, Grid, Hit } from "./grid.ts";
import { checkPlace, Hits } from "./hits.ts";
import { Marks } from "./marks.ts";
import { columnOrder, type Order, rowOrder, type Scanning } from "./order.ts";
import type { Projection } from "./projection.ts";
import { countOf, type Ranges } from "./ranges.ts";
import type { Spot } from "./rotation.ts";
import { Tiles } from "./tiles.ts";
import { turned } from "./turn.ts";

/** What sections of either edition say of a grid on a map. */
export interface PlaneSection {
	readonly columns: number;
	readonly rows: number;
	/** Of the first point, degrees. */
	readonly latitude: number;
	readonly longitude: number;
	/** Lengths between points, metres. */
	readonly dx: number;
	readonly dy: number;
	readonly scanning: Scanning;
	/** How many values the message has; undefined where nobody says. */
	readonly points: number | undefined;
}

/** More points than any such grid has; making tiles of so many takes some seconds. */
const most = 30_000_000;

/**
 * A grid whose points are evenly spaced on a map. Rows and columns are counted from the first point, in the directions of
 * the scanning mode. Coordinates are worked out when asked for; for searches tiles are made on first use (0.2 µs and half
 * an octet a point). A search for the nearest point then looks at some hundred points; one for those of an area at all
 * points of tiles that reach its latitudes and longitudes.
 */
export class PlaneGrid implements Grid {
	readonly id: string;
	readonly kind: string;
	readonly size: number;
	readonly name: string;
	readonly #section: PlaneSection;
	readonly #projection: Projection;
	readonly #order: Order;
	readonly #origin = new Float64Array(2);
	readonly #spot = new Float64Array(2);
	#tiles: Tiles | undefined;

	/** @throws BrokenField where the section contradicts itself, or a point is on no map */
	constructor(
		{ id, kind }: Pick<Grid, "id" | "kind">,
		section: PlaneSection,
		projection: Projection,
	) {
		this.id = id;
		this.kind = kind;
		this.size = sizeOf(section);
		this.name = `${kind}, ${section.columns} x ${section.rows}`;
		this.#section = section;
		this.#projection = projection;
		this.#order = orderOf(section);
		projection.project(section.latitude, section.longitude, this.#origin);
		this.#checkCorners();
	}

	coordinates(ranges: Ranges): Coordinates {
		const count = countOf(ranges);
		const latitudes = new Float64Array(count);
		const longitudes = new Float64Array(count);
		const spot = this.#spot;
		let out = 0;
		for (let at = 0; at < ranges.length; at += 2) {
			const end = ranges[at + 1] ?? 0;
			for (let index = ranges[at] ?? 0; index < end; index++, out++) {
				const row = this.#order.row(index);
				this.#place(row, this.#order.column(index, row), spot);
				latitudes[out] = spot[0] ?? 0;
				longitudes[out] = spot[1] ?? 0;
			}
		}
		return { latitudes, longitudes };
	}

	nearest(latitude: number, longitude: number, k = 1): readonly Hit[] {
		checkPlace(latitude, longitude);
		const hits = new Hits(Math.min(k, this.size));
		this.#search().nearest(latitude, longitude, hits);
		return hits.list();
	}

	inside(area: Area): Ranges {
		const marks = new Marks();
		this.#search().reaching(area, (latitude, longitude, index) => {
			if (contains(area, latitude, longitude)) marks.add(index);
		});
		return marks.ranges();
	}

	#search(): Tiles {
		this.#tiles ??= new Tiles({
			rows: this.#section.rows,
			columns: this.#section.columns,
			place: (row, column, out) => this.#place(row, column, out),
			index: this.#order.index,
		});
		return this.#tiles;
	}

	#place(row: number, column: number, out: Spot): void {
		const { dx, dy, scanning } = this.#section;
		const [x = 0, y = 0] = this.#origin;
		this.#projection.unproject(
			x + column * (scanning.iNegative ? -dx : dx),
			y + row * (scanning.jPositive ? dy : -dy),
			out,
		);
		out[1] = turned(out[1] ?? 0);
	}

	#checkCorners(): void {
		const { rows, columns } = this.#section;
		for (const row of [0, rows - 1])
			for (const column of [0, columns - 1]) {
				this.#place(row, column, this.#spot);
				const [latitude = 0, longitude = 0] = this.#spot;
				if (!Number.isFinite(latitude + longitude))
					throw new BrokenField(
						`the point in row ${row}, column ${column} lies on no map of the earth`,
					);
			}
	}
}

function sizeOf({ rows, columns, points, dx, dy }: PlaneSection): number {
	const size = rows * columns;
	if (size < 1 || size > most || (points !== undefined && points !== size))
		throw new BrokenField(
			`${columns} columns of ${rows} rows are not ${points} points`,
		);
	if ((dx > 0 || columns === 1) && (dy > 0 || rows === 1)) return size;
	throw new BrokenField(`points cannot be ${dx} and ${dy} metres apart`);
}

function orderOf({ rows, columns, scanning }: PlaneSection): Order {
	if (scanning.jConsecutive)
		return columnOrder(rows, columns, { ...scanning, iNegative: false });
	const offsets = Uint32Array.from(
		{ length: rows + 1 },
		(_, row) => row * columns,
	);
	return rowOrder(offsets, false, scanning.alternate);
}
