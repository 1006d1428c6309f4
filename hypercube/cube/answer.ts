import { seriesAlong } from "../coverage/covjson/variant.ts";
import type { Format } from "../coverage/format.ts";
import { parameters } from "../coverage/parameter.ts";
import { write } from "../coverage/write.ts";
import type { CompiledFeature, Feature } from "../feature/feature.ts";
import { describeGrid } from "../grid/describe.ts";
import { RequestError } from "../mars/errors.ts";
import { type Extraction, planExtraction } from "./extract.ts";
import type { Cost, Field } from "./field.ts";
import { checkArea, checkFields, checkPlan, type Limits } from "./limits.ts";
import type { Reading } from "./reading.ts";

/** What is asked for: fields, what is cut out of them, and how it is written. */
export interface Question {
	/** At least one, in the order of the request. */
	readonly fields: readonly Field[];
	readonly compiled: CompiledFeature;
	readonly format: Format;
	readonly limits?: Limits;
	/** Called now and then; throws to stop, and may let others have their turn. */
	readonly check?: Reading["check"];
	/** Ends what is being read. */
	readonly signal?: AbortSignal;
}

/** An answer that is known in its size and not yet read. */
export interface Answer {
	readonly mediaType: string;
	readonly extension: string;
	/** Fields, points of a field, values and coverages. */
	readonly fields: number;
	readonly points: number;
	readonly values: number;
	readonly coverages: number;
	/** Octets that are read. */
	readonly cost: Cost;
	/** Octets of the answer at most; those it has, where it is exact. */
	readonly most: number;
	readonly exact: boolean;
	readonly grids: readonly string[];
	/** Short names. */
	readonly parameters: readonly string[];
	/** Reads, and writes. Once. */
	stream(): AsyncIterable<Uint8Array<ArrayBuffer>>;
	/** Fields that were read to their end so far. */
	fieldsRead(): number;
}

/** The longest text of a value with its comma, and of a point with its brackets, of any format. */
const valueText = 26;
const pointText = 80;
/** What stands around the values of a coverage. */
const coverageText = 4096;

/**
 * Works out an answer, so that its size is known, and refused where it is too large, before anything is read.
 * @throws RequestError for what is beyond the limits, or empty; UnsupportedField, BrokenField
 */
export async function answer(question: Question): Promise<Answer> {
	const { fields, compiled, format, limits = {} } = question;
	const check = question.check ?? (() => {});
	checkArea(compiled, limits);
	checkFields(fields.length, limits);
	const extraction = await planExtraction(
		fields,
		inProfile(compiled.feature, format, fields),
		parameters(),
		check,
	);
	if (extraction.values === 0)
		throw new RequestError([
			`no point of the data lies in the ${compiled.feature.type}: make it larger, or ask for the nearest point`,
		]);
	const { values, cost } = extraction;
	// What is too large anyway is looked at no further.
	if (format.size) checkPlan({ values, read: cost.bytes, sent: 0 }, limits);
	const size = await format.size?.(extraction.outlines);
	const most = size ?? mostText(extraction);
	checkPlan({ values, read: cost.bytes, sent: most }, limits);
	let read = 0;
	const left = new AbortController();
	const signal = question.signal
		? AbortSignal.any([question.signal, left.signal])
		: left.signal;
	const reading = { check, signal, onField: () => read++ };
	return {
		mediaType: format.mediaType,
		extension: format.extension,
		fields: extraction.fields,
		points: extraction.points,
		values: extraction.values,
		coverages: extraction.coverages,
		cost: extraction.cost,
		most,
		exact: size !== undefined,
		grids: extraction.grids.map(describeGrid),
		parameters: extraction.parameters.map(({ name }) => name),
		stream: () => leaving(write(extraction.run(reading), format), left),
		fieldsRead: () => Math.min(read, extraction.fields),
	};
}

/** What was begun ahead ends with the stream. */
async function* leaving(
	stream: AsyncIterable<Uint8Array<ArrayBuffer>>,
	left: AbortController,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
	try {
		yield* stream;
	} finally {
		left.abort(new Error("nobody reads on"));
	}
}

/**
 * A series of dates is in the profile `polytope` one of each forecast, as its readers expect; elsewhere one in all. In the
 * profile `ogc` nothing stands twice on an axis.
 */
function inProfile(
	feature: Feature,
	{ profile }: Format,
	[first]: readonly Field[],
): Feature {
	if (feature.kind === "samples" && profile === "ogc")
		return { ...feature, distinct: true };
	if (feature.kind !== "points" || profile !== "polytope" || !first)
		return feature;
	return { ...feature, along: seriesAlong(feature, first.keys) };
}

/** Each point stands once a coverage, or, in tables, once a value; what other coverages have stands as missing. */
const mostText = ({ places, coverages, parameters }: Extraction): number =>
	places * parameters.length * (valueText + pointText) +
	(coverages + 1) * coverageText * Math.max(1, parameters.length);
