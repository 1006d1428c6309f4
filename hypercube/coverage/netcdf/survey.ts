import type {
	CoverageCollection,
	Domain,
	Instant,
	Outline,
} from "../../cube/coverage.ts";
import { placesOf } from "../count.ts";

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
	/** Whether the first instants, and the members, ascend from each coverage to the next. */
	readonly ascend: { readonly times: boolean; readonly members: boolean };
	/** Whether any has a step, a level. */
	readonly any: { readonly step: boolean; readonly level: boolean };
	/** Coverages that say the number of a member. */
	readonly members: number;
	/** MARS keys that no coordinate tells. */
	readonly keys: ReadonlyMap<string, Key>;
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
export async function surveyOf(
	collection: CoverageCollection,
): Promise<Survey> {
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
	readonly ascend = { times: true, members: true };
	readonly any = { step: false, level: false };
	readonly keys = new Map<
		string,
		{ text: string; same: boolean; most: number }
	>();
	#last = { time: Number.NEGATIVE_INFINITY, member: -1 };

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

	#follow(outline: Outline): void {
		const time = secondsOf(instantsOf(outline.domain)[0]?.time ?? "");
		const member = memberOf(outline);
		this.ascend.times &&= time > this.#last.time;
		this.ascend.members &&= member > this.#last.member;
		this.#last = { time, member };
		if (!Number.isNaN(member)) this.members += 1;
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
