import { type ByteRanges, readJoined, type Take } from "../../bytes/joined.ts";
import type { Steps } from "../../bytes/steps.ts";
import { BrokenField } from "../../cube/field.ts";
import { AecDecoder, BrokenCode } from "./aec/decoder.ts";
import {
	intervalCount,
	intervalSamples,
	type Touched,
	touchedBy,
} from "./intervals.ts";
import type { Layout } from "./layout.ts";
import { section } from "./layout.ts";
import type { PackedField } from "./packed.ts";
import type { Pieces } from "./pieces.ts";
import { scaleOf } from "./simple.ts";
import type { Scale } from "./unpack.ts";

/** Octets taken into view at once when the intervals are still to be found; the longest interval fits in several times. */
const view = 4 << 20;

/** Reads values of CCSDS packing (template 5.42): the restart intervals that hold them, once it is known where these lie. */
export function* readCcsds(
	field: PackedField,
	pieces: Pieces,
	out: Float64Array,
	signal?: AbortSignal,
): Steps<void> {
	const { source, layout, known } = field;
	const decoder = decoderOf(layout);
	const touched = touchedBy(pieces, intervalSamples(layout));
	const give = giver(layout, {
		pieces,
		touched,
		out,
		samples: decoder.samples,
	});
	if (known.restarts === undefined) {
		yield* walk(field, decoder, { touched, give }, signal);
		return;
	}
	const restarts = checked(layout, known.restarts);
	const octets = intervalOctets(layout, restarts, touched);
	const take: Take = (at, bytes, start) => {
		const length = (octets[2 * at + 1] ?? 0) - (octets[2 * at] ?? 0);
		const bit = (restarts[touched.intervals[at] ?? 0] ?? 0) % 8;
		guarded(layout, () => {
			decoder.load(bytes.subarray(start, start + length), bit);
			if (!decoder.decode(touched.samples[at] ?? 0))
				throw new BrokenCode("an interval ends before its samples do");
		});
		give(at);
	};
	yield* readJoined(source, octets, take, signal);
}

/** Finds all restart intervals by going through the data once, without decoding them. */
export function* learnRestarts(
	field: PackedField,
	signal?: AbortSignal,
): Steps<Float64Array> {
	const { known, layout } = field;
	if (known.restarts !== undefined) return checked(layout, known.restarts);
	const nothing = touchedBy(new Uint32Array(), 1);
	const wanted = { touched: nothing, give: () => {} };
	return yield* walk(field, decoderOf(layout), wanted, signal);
}

/** The octets of the intervals that are touched. */
export function intervalOctets(
	layout: Layout,
	restarts: Float64Array,
	touched: Touched,
): ByteRanges {
	const octets = new Float64Array(touched.intervals.length * 2);
	for (let i = 0; i < touched.intervals.length; i++) {
		const interval = touched.intervals[i] ?? 0;
		const start = Math.floor((restarts[interval] ?? 0) / 8);
		const end = Math.ceil((restarts[interval + 1] ?? 0) / 8);
		octets[2 * i] = layout.dataOffset + start;
		octets[2 * i + 1] = layout.dataOffset + end;
	}
	return octets;
}

function decoderOf(layout: Layout): AecDecoder {
	return guarded(
		layout,
		() =>
			new AecDecoder({
				bits: layout.bits,
				block: layout.ccsdsBlock,
				interval: layout.ccsdsInterval,
				flags: layout.ccsdsFlags,
			}),
	);
}

/** Restarts that were kept may be another message's. */
function checked(layout: Layout, restarts: Float64Array): Float64Array {
	const count = intervalCount(layout);
	let before = 0;
	for (const bit of restarts) {
		if (!(bit >= before && bit <= layout.dataLength * 8))
			throw broken(
				layout,
				`a restart at bit ${bit} of ${layout.dataLength} octets`,
			);
		before = bit;
	}
	if (restarts.length !== count + 1)
		throw broken(layout, `${restarts.length} restarts for ${count} intervals`);
	return restarts;
}

interface Wanted {
	readonly touched: Touched;
	readonly give: (at: number) => void;
}

/** Goes through all intervals, decodes the wanted ones, and keeps where each begins. */
function* walk(
	field: PackedField,
	decoder: AecDecoder,
	{ touched, give }: Wanted,
	signal?: AbortSignal,
): Steps<Float64Array> {
	const { layout, known, source } = field;
	const size = intervalSamples(layout);
	const restarts = new Float64Array(intervalCount(layout) + 1);
	let next = 0;
	let interval = 0;
	let from = 0;
	while (interval < restarts.length - 1) {
		signal?.throwIfAborted();
		const base = Math.floor((restarts[interval] ?? 0) / 8);
		const length = Math.min(view, layout.dataLength - base);
		const place = layout.dataOffset + base;
		const bytes = yield* section(source, place, length, signal);
		const first = interval;
		decoder.load(bytes, (restarts[interval] ?? 0) - base * 8);
		for (; interval < restarts.length - 1; interval++) {
			const count = Math.min(size, layout.coded - interval * size);
			const wanted = touched.intervals[next] === interval;
			const whole = guarded(layout, () =>
				wanted ? decoder.decode(count) : decoder.skip(count),
			);
			if (!whole) break;
			if (wanted) give(next++);
			decoder.finish();
			restarts[interval + 1] = Math.min(
				base * 8 + decoder.bit,
				layout.dataLength * 8,
			);
		}
		from = base + length;
		if (
			interval === first ||
			(interval < restarts.length - 1 && from >= layout.dataLength)
		)
			throw broken(layout, `its data end within restart interval ${interval}`);
	}
	known.restarts = restarts;
	return restarts;
}

/** Scales the samples of an interval that the decoder holds to where they go. */
function giver(
	layout: Layout,
	to: {
		pieces: Pieces;
		touched: Touched;
		out: Float64Array;
		samples: Uint32Array;
	},
): (at: number) => void {
	const { pieces, touched, out, samples } = to;
	const scale = scaleOf(layout);
	const size = intervalSamples(layout);
	return (at) => {
		const start = (touched.intervals[at] ?? 0) * size;
		for (let i = (touched.pieces[at] ?? 0) * 3; i < pieces.length; i += 3) {
			const first = pieces[i] ?? 0;
			if (first >= start + size) break;
			const from = Math.max(first, start);
			const end = Math.min(pieces[i + 1] ?? 0, start + size);
			const place = (pieces[i + 2] ?? 0) + from - first;
			scaled(samples, scale, out, {
				from: from - start,
				end: end - start,
				place,
			});
		}
	};
}

function scaled(
	samples: Uint32Array,
	{ reference, binary, decimal }: Scale,
	out: Float64Array,
	{ from, end, place }: { from: number; end: number; place: number },
): void {
	const shift = place - from;
	for (let i = from; i < end; i++)
		out[i + shift] = ((samples[i] ?? 0) * binary + reference) * decimal;
}

/** What the decoder finds broken is the message's fault. */
function guarded<T>(layout: Layout, decode: () => T): T {
	try {
		return decode();
	} catch (error) {
		if (error instanceof BrokenCode) throw broken(layout, error.message);
		throw error;
	}
}

function broken(layout: Layout, what: string): BrokenField {
	return new BrokenField(`the message at ${layout.offset}: ${what}`);
}
