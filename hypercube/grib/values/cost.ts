import { joinedLength } from "../../bytes/joined.ts";
import type { Cost } from "../../cube/field.ts";
import { countOf, type Ranges } from "../../grid/ranges.ts";
import { bitmapOctets, blockPoints } from "./bitmap.ts";
import { intervalOctets } from "./ccsds.ts";
import { intervalCount, intervalSamples, touchedBy } from "./intervals.ts";
import { accessOf, byPoint, type Layout, packingOctets } from "./layout.ts";
import type { Known } from "./packed.ts";
import { type Pieces, piecesOf } from "./pieces.ts";
import { simpleOctets } from "./simple.ts";

/**
 * Octets that reading the ranges takes from a source with this gap, those between near ranges included. Exact, with two
 * exceptions that only reading could settle: under a bitmap values are taken to be spread evenly within its blocks (the
 * whole of it, while it is not counted), and restart intervals not yet found to be equally long.
 */
export function costOf(
	layout: Layout,
	ranges: Ranges,
	known: Known,
	gap?: number,
): Cost {
	if (countOf(ranges) === 0) return { bytes: 0, cold: 0 };
	const masked = layout.bitmapLength > 0 && !byPoint(layout);
	const map = masked ? joinedLength(bitmapOctets(layout, ranges), gap) : 0;
	const count =
		masked && known.ranks === undefined ? Math.ceil(layout.points / 8) : 0;
	const pieces = masked ? spread(layout, ranges, known) : piecesOf(ranges);
	const data = dataCost(layout, pieces, known, gap);
	return { bytes: map + data.bytes, cold: map + count + data.cold };
}

function dataCost(
	layout: Layout,
	pieces: Pieces,
	known: Known,
	gap?: number,
): Cost {
	switch (accessOf(layout)) {
		case "constant":
			return { bytes: 0, cold: 0 };
		case "single": {
			const bytes = joinedLength(simpleOctets(layout, pieces), gap);
			return { bytes, cold: bytes };
		}
		case "interval":
			return intervalCost(layout, pieces, known, gap);
		case "whole":
			return { bytes: 0, cold: wholeCost(layout) };
	}
}

function wholeCost(layout: Layout): number {
	const parts = layout.dataLength + packingOctets(layout);
	return byPoint(layout)
		? parts + layout.gridLength + layout.bitmapLength
		: parts;
}

function intervalCost(
	layout: Layout,
	pieces: Pieces,
	{ restarts }: Known,
	gap?: number,
): Cost {
	const touched = touchedBy(pieces, intervalSamples(layout));
	const places = restarts ?? evenly(layout);
	const bytes = joinedLength(intervalOctets(layout, places, touched), gap);
	return { bytes, cold: restarts === undefined ? layout.dataLength : bytes };
}

/** Where restart intervals would begin if all were equally long. */
function evenly(layout: Layout): Float64Array {
	const count = intervalCount(layout);
	const length = (layout.dataLength * 8) / count;
	return Float64Array.from({ length: count + 1 }, (_, i) =>
		Math.floor(i * length),
	);
}

/** Where the coded values of ranges under a bitmap would be if each block's were spread evenly. */
function spread(layout: Layout, ranges: Ranges, { ranks }: Known): Pieces {
	const pieces = piecesOf(ranges);
	const coded = (point: number): number => {
		if (ranks === undefined)
			return Math.floor((point / layout.points) * layout.coded);
		const block = Math.floor(point / blockPoints);
		const [before = 0, behind = before] = ranks.subarray(block, block + 2);
		const part = (point - block * blockPoints) / blockPoints;
		return Math.min(
			layout.coded,
			before + Math.floor((behind - before) * part),
		);
	};
	for (let i = 0; i < pieces.length; i += 3) {
		pieces[i] = coded(pieces[i] ?? 0);
		pieces[i + 1] = coded(pieces[i + 1] ?? 0);
	}
	return pieces;
}
