import { type Area, contains } from "./area.ts";
import { Bounds } from "./bounds.ts";
import type { Coordinates, Grid, Hit } from "./grid.ts";
import { checkPlace, Hits, haversine, radians } from "./hits.ts";
import { Marks } from "./marks.ts";
import { countOf, type Ranges } from "./ranges.ts";
import type { RotatedPole } from "./rotation.ts";
import { Rotation } from "./rotation.ts";
import type { RowGrid } from "./rows.ts";
import { turned } from "./turn.ts";

/**
 * A grid of rows on a sphere that is turned. Distances stay the same, so the nearest points are found in the turned rows;
 * of an area those are tried whose stretch of a row reaches its latitudes and longitudes.
 */
export class RotatedGrid implements Grid {
	readonly id: string;
	readonly kind: string;
	readonly size: number;
	readonly name: string;
	readonly rows: RowGrid;
	readonly #rotation: Rotation;
	readonly #spot = new Float64Array(2);

	constructor(id: string, kind: string, rows: RowGrid, pole: RotatedPole) {
		this.id = id;
		this.kind = kind;
		this.size = rows.size;
		this.name = `rotated ${rows.name}`;
		this.rows = rows;
		this.#rotation = new Rotation(pole);
	}

	coordinates(ranges: Ranges): Coordinates {
		const { latitudes, longitudes } = this.rows.coordinates(ranges);
		const count = countOf(ranges);
		const spot = this.#spot;
		for (let at = 0; at < count; at++) {
			this.#place(latitudes[at] ?? 0, longitudes[at] ?? 0);
			latitudes[at] = spot[0] ?? 0;
			longitudes[at] = turned(spot[1] ?? 0);
		}
		return { latitudes, longitudes };
	}

	nearest(latitude: number, longitude: number, k = 1): readonly Hit[] {
		checkPlace(latitude, longitude);
		const spot = this.#spot;
		this.#rotation.toRotated(latitude, longitude, spot);
		// A few more: rounding of geographic places may change who is nearer.
		const near = this.rows.nearest(spot[0] ?? 0, spot[1] ?? 0, k + spare);
		const hits = new Hits(Math.min(k, this.size));
		const cosine = Math.cos(latitude * radians);
		for (const { index } of near) {
			const place = this.rows.place(index);
			this.#place(place.latitude, place.longitude);
			const [north = 0, east = 0] = spot;
			const cosines = cosine * Math.cos(north * radians);
			const apart = haversine(north - latitude, east - longitude, cosines);
			hits.add(index, apart, north);
		}
		return hits.list();
	}

	/** Tries all points in stretches of rows that may reach into the area: about 0.2 µs each, and the area's own cost. */
	inside(area: Area): Ranges {
		const marks = new Marks();
		const spot = this.#spot;
		const bounds = new Bounds(area);
		this.rows.stretches(stretch, (latitude, west, east, points) => {
			this.#rotation.turn(latitude, (west + east) / 2, spot);
			const reach =
				((east - west) / 2) * Math.cos(latitude * radians) + rounding;
			if (!bounds.reach(spot[0] ?? 0, spot[1] ?? 0, reach)) return;
			for (const [index, longitude] of points()) {
				this.#place(latitude, longitude);
				if (contains(area, spot[0] ?? 0, spot[1] ?? 0)) marks.add(index);
			}
		});
		return marks.ranges();
	}

	/** In one turn always: at a pole the longitude is what rounding makes of it. */
	#place(latitude: number, longitude: number): void {
		this.#rotation.toGeographic(latitude, turned(longitude), this.#spot);
	}
}

/** Points of a row that are looked at together. */
const stretch = 64;
const spare = 4;
/** More than rounding moves a point, degrees. */
const rounding = 1e-4;
