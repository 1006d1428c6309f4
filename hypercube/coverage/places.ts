import type { Domain, Instant, Points } from "../cube/coverage.ts";
import { sectionsOf } from "./groups.ts";
import { PIECE } from "./numbers.ts";

/** Where in the vertical and in time a value holds. */
export interface Layer {
	readonly level: number | undefined;
	readonly instant: Instant;
}

/** Some places of a domain, in the order of its values. */
export interface Places {
	readonly latitudes: Float64Array;
	readonly longitudes: Float64Array;
	/** Of each place; the same object as long as it does not change. */
	layer(at: number): Layer;
}

/** All places of a domain, in blocks of a few thousand. */
export function placesIn(domain: Domain): Iterable<Places> {
	switch (domain.type) {
		case "PointSeries": {
			const { level, instants } = domain;
			return column(
				domain,
				instants.map((instant) => ({ level, instant })),
			);
		}
		case "VerticalProfile": {
			const { levels, instant } = domain;
			return column(
				domain,
				levels.map((level) => ({ level, instant })),
			);
		}
		default:
			return sections(sectionsOf(domain));
	}
}

function* column(
	place: { readonly latitude: number; readonly longitude: number },
	layers: readonly Layer[],
): Generator<Places, void, undefined> {
	for (let from = 0; from < layers.length; from += PIECE) {
		const part = layers.slice(from, from + PIECE);
		const [first] = part;
		if (first === undefined) return;
		yield {
			latitudes: new Float64Array(part.length).fill(place.latitude),
			longitudes: new Float64Array(part.length).fill(place.longitude),
			layer: (at) => part[at] ?? first,
		};
	}
}

function* sections(
	all: readonly (Layer & { readonly points: Points })[],
): Generator<Places, void, undefined> {
	for (const section of all) {
		const { points } = section;
		for (let from = 0; from < points.count; from += PIECE) {
			const to = Math.min(from + PIECE, points.count);
			yield { ...points.slice(from, to), layer: () => section };
		}
	}
}
