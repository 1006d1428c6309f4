import { type Choice, choice, choose, type Facts } from "./choose.ts";
import { numberOf } from "./fields.ts";
import {
	grib1Parameters,
	grib2Parameters,
	type ParameterLists,
	type RawParameter,
} from "./tables.ts";

/** What an entry names. */
export interface Parameter {
	readonly paramId: number;
	/** Empty where the source has none. */
	readonly shortName: string;
}

/** Which list of a folder counts: tables before MTG2, after it, after it with chemistry. */
export type ListBit = 1 | 2 | 4;

const unknown: Parameter = { paramId: 0, shortName: "unknown" };
const nothing: readonly Choice<Parameter>[] = [];

/** Entries of one folder by what every entry tests, so that a search looks at a handful of them. */
type Index = Map<number, Choice<Parameter>[]>;

/** Conditions that make an entry's place in the index; entries without the last one stand in every place. */
interface Plan {
	readonly keys: readonly string[];
	readonly lists: () => ParameterLists;
}

const plan1: Plan = {
	keys: ["table2Version", "indicatorOfParameter"],
	lists: grib1Parameters,
};
const plan2: Plan = {
	keys: ["discipline", "parameterCategory", "parameterNumber"],
	lists: grib2Parameters,
};

const indexes = new Map<string, Index>();

/** The parameter of a GRIB 1 header: the centre's own list and all centres', else ECMWF's. */
export function parameter1(centre: string, facts: Facts): Parameter {
	const find = (folders: string[]) =>
		search(plan1, folders, "entries", 7, facts);
	return find([centre, "default"]) ?? find(["ecmf", "default"]) ?? unknown;
}

/** The parameter of a GRIB 2 header. `folders` are in the order of the search (of equal entries the last wins). */
export function parameter2(
	folders: string[],
	list: ListBit,
	facts: Facts,
): Parameter {
	const find = (where: string[], part: Part) =>
		search(plan2, where, part, list, facts);
	const fallback = ["ecmf", "default"];
	return (
		find(folders, "entries") ??
		find(fallback, "entries") ??
		find(fallback, "legacy") ??
		unknown
	);
}

type Part = "entries" | "legacy";

function search(
	plan: Plan,
	folders: string[],
	part: Part,
	list: number,
	facts: Facts,
): Parameter | undefined {
	let place = 0;
	for (const key of plan.keys)
		place = place * 256 + (numberOf(facts.fields, key) ?? 255);
	const lists = folders.map(
		(folder) => indexOf(plan, folder, part, list).get(place) ?? nothing,
	);
	return choose(lists, facts)?.value;
}

function indexOf(plan: Plan, folder: string, part: Part, list: number): Index {
	const name = `${plan.keys.length}${folder}${part}${list}`;
	let index = indexes.get(name);
	if (index === undefined) {
		index = build(plan, plan.lists()[folder]?.[part] ?? [], list);
		indexes.set(name, index);
	}
	return index;
}

function build(
	plan: Plan,
	entries: readonly RawParameter[],
	list: number,
): Index {
	const index: Index = new Map();
	for (const [paramId, shortName, lists, ...flat] of entries) {
		if ((lists & list) === 0) continue;
		const line = choice({ paramId, shortName }, flat);
		for (const place of places(plan, line)) {
			const there = index.get(place);
			if (there === undefined) index.set(place, [line]);
			else there.push(line);
		}
	}
	return index;
}

/** An entry that leaves a key open (a few do) is put under each of its 256 codes. */
function places(plan: Plan, line: Choice<Parameter>): number[] {
	let found = [0];
	for (const key of plan.keys) {
		const code = line.wanted[line.keys.indexOf(key)];
		const codes =
			typeof code === "number"
				? [code]
				: Array.from({ length: 256 }, (_, i) => i);
		found = found.flatMap((place) => codes.map((one) => place * 256 + one));
	}
	return found;
}
