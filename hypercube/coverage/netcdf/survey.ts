import type {
	CoverageOutlines,
	Domain,
	Instant,
	Outline,
} from "../../cube/coverage.ts";
import { placesOf } from "../count.ts";
import { referenceOf } from "../reference.ts";

/** What must be known of all coverages before the first octet of a file is written. */
export interface Survey {
	readonly first: Outline;
	readonly coverages: number;
	/** Of all coverages. */
	readonly places: number;
	/** Whether each has as many instants, levels and points as the first, and areas the very same levels and points. */
	readonly alike: boolean;
	/** Whether each has the same, in the same order. */
	readonly same: {
		readonly times: boolean;
		readonly steps: boolean;
		readonly levels: boolean;
	};
	/** Whether every coverage is of one forecast: all its values have one reference time. */
	readonly oneStart: boolean;
	/** Of areas: when each coverage is, in their order. */
	readonly moments: readonly Moment[];
	/** Whether any has a step, a level. */
	readonly any: { readonly step: boolean; readonly level: boolean };
	/** Coverages that say the number of a member. */
	readonly members: number;
	/** MARS keys that no coordinate tells. */
	readonly keys: ReadonlyMap<string, Key>;
}

/** Seconds since 1970, hours, and the number of a member; NaN where there is none. */
export interface Moment {
	readonly reference: number;
	readonly time: number;
	readonly step: number;
	readonly member: number;
}

interface Key {
	/** Of the first coverage. */
	readonly text: string;
	/** Whether all others have the same. */
	readonly same: boolean;
	/** Octets of the longest. */
	readonly most: number;
}

/** Looks at all coverages once. */
export async function surveyOf(collection: CoverageOutlines): Promise<Survey> {
	let survey: Surveyor | undefined;
	for await (const outline of collection.outlines()) {
		survey ??= new Surveyor(outline);
		survey.add(outline);
	}
	if (!survey) throw new Error("a collection without a coverage");
	return survey;
}

/** Seconds since 1970. */
export const secondsOf = (iso: string): number => Date.parse(iso) / 1000;

/** The number of a member; NaN where there is none. */
export const memberOf = ({ keys }: Outline): number =>
	/^\d+$/.test(keys.number ?? "") ? Number(keys.number) : Number.NaN;

class Surveyor implements Survey {
	readonly first: Outline;
	coverages = 0;
	places = 0;
	alike = true;
	members = 0;
	readonly same = { times: true, steps: true, levels: true };
	oneStart = true;
	readonly #started = new WeakSet<readonly Instant[]>();
	readonly moments: Moment[] = [];
	readonly any = { step: false, level: false };
	readonly keys = new Map<
		string,
		{ text: string; same: boolean; most: number }
	>();

	constructor(first: Outline) {
		this.first = first;
	}

	add(outline: Outline): void {
		this.#compare(outline.domain);
		this.#follow(outline);
		this.#label(outline);
		this.coverages += 1;
		this.places += placesOf(outline.domain);
	}

	#compare(domain: Domain): void {
		const [instants, levels] = [instantsOf(domain), levelsOf(domain)];
		this.any.step ||= instants.some(({ step }) => step !== undefined);
		this.any.level ||= levels.some((level) => level !== undefined);
		this.#start(instants);
		const { domain: first } = this.first;
		const [others, theirs] = [instantsOf(first), levelsOf(first)];
		if (instants !== others) {
			this.same.times &&= agree(instants, others, ({ time }) => time);
			this.same.steps &&= agree(instants, others, ({ step }) => step);
		}
		this.same.levels &&=
			levels === theirs || agree(levels, theirs, (level) => level);
		this.alike &&= placesOf(domain) === placesOf(first);
		if (domain.type === "MultiPoint")
			this.alike &&=
				first.type === "MultiPoint" &&
				domain.points === first.points &&
				this.same.levels;
	}

	/** The points of a series share their instants, which are looked at once. */
	#start(instants: readonly Instant[]): void {
		const [first] = instants;
		if (!this.oneStart || !first || this.#started.has(instants)) return;
		this.#started.add(instants);
		const start = referenceOf(first);
		this.oneStart = instants.every((one) => referenceOf(one) === start);
	}

	#follow(outline: Outline): void {
		const { domain, reference } = outline;
		const member = memberOf(outline);
		if (!Number.isNaN(member)) this.members += 1;
		if (domain.type !== "MultiPoint") return;
		const { time, step = Number.NaN } = domain.instant;
		this.moments.push({
			reference: secondsOf(reference),
			time: secondsOf(time),
			step,
			member,
		});
	}

	#label({ keys }: Outline): void {
		for (const [key, text] of Object.entries(keys)) {
			if (this.keys.has(key) || isTold(key, keys)) continue;
			// Those before had none.
			const before = this.coverages === 0 ? text : "";
			this.keys.set(key, { text: before, same: true, most: 0 });
		}
		for (const [key, known] of this.keys) {
			const text = keys[key] ?? "";
			known.same &&= text === known.text;
			known.most = Math.max(known.most, Buffer.byteLength(text));
		}
	}
}

const coordinates = [
	"param",
	"time",
	"step",
	"levelist",
	"hdate",
	"year",
	"month",
];

/** Whether coordinates tell what a key says. The date of a hindcast's model is not its reference time. */
function isTold(key: string, { hdate, number }: Outline["keys"]): boolean {
	if (key === "date") return hdate === undefined;
	if (key === "number") return /^\d+$/.test(number ?? "");
	return coordinates.includes(key);
}

/** Instants along a domain. */
export function instantsOf(domain: Domain): readonly Instant[] {
	switch (domain.type) {
		case "PointSeries":
			return domain.instants;
		case "Trajectory":
			return domain.sections.map(({ instant }) => instant);
		default:
			return [domain.instant];
	}
}

/** Levels along a domain. */
function levelsOf(domain: Domain): readonly (number | undefined)[] {
	switch (domain.type) {
		case "PointSeries":
			return [domain.level];
		case "Trajectory":
			return domain.sections.map(({ level }) => level);
		default:
			return domain.levels;
	}
}

function agree<T>(
	own: readonly T[],
	others: readonly T[],
	of: (one: T) => unknown,
): boolean {
	const theirs = others.map(of);
	return (
		own.length === theirs.length &&
		own.every((one, at) => of(one) === theirs[at])
	);
}
