import type { Parameter } from "./coverage.ts";
import type { Field } from "./field.ts";
import type { Keys } from "./instant.ts";

/** The fields of one place in time and height: one a parameter. */
export interface Cell {
	/** Those of its first field. */
	readonly keys: Keys;
	readonly fields: ReadonlyMap<Parameter, Field>;
}

/** Fields that become coverages together: they agree in all keys but those that a coverage runs along. */
export interface Group {
	/** The keys they agree in, `param` left out. */
	readonly keys: Keys;
	readonly parameters: readonly Parameter[];
	/** In the order met. */
	readonly cells: readonly Cell[];
}

/**
 * Fields in groups, and in cells within these. What is nowhere else decides: a key that `along` names tells cells
 * apart, every other key groups.
 */
export function groupsOf(
	fields: Iterable<Field>,
	along: readonly string[],
	parameterOf: (field: Field) => Parameter,
): Group[] {
	const groups = new Map<string, GrowingGroup>();
	const namesOf = splitter(along);
	let last: { group: GrowingGroup; outer: Names; keys: Keys } | undefined;
	const put = (group: GrowingGroup, field: Field, inner: Names): void => {
		const parameter = parameterOf(field);
		group.parameters.add(parameter);
		const place = spelled(field.keys, inner);
		let cell = group.cells.get(place);
		if (cell === undefined) {
			cell = { keys: field.keys, fields: new Map() };
			group.cells.set(place, cell);
		}
		cell.fields.set(parameter, field);
	};
	for (const field of fields) {
		const { outer, inner } = namesOf(field.keys);
		// Most fields are of the group of the one before.
		if (last && outer === last.outer && agree(field.keys, last.keys, outer)) {
			put(last.group, field, inner);
			continue;
		}
		const name = spelled(field.keys, outer);
		let group = groups.get(name);
		if (group === undefined) {
			group = {
				keys: picked(field.keys, outer.names),
				parameters: new Set(),
				cells: new Map(),
			};
			groups.set(name, group);
		}
		last = { group, outer, keys: field.keys };
		put(group, field, inner);
	}
	return [...groups.values()].map(({ keys, parameters, cells }) => ({
		keys,
		parameters: [...parameters],
		cells: [...cells.values()],
	}));
}

interface GrowingGroup {
	readonly keys: Keys;
	readonly parameters: Set<Parameter>;
	readonly cells: Map<
		string,
		{ readonly keys: Keys; readonly fields: Map<Parameter, Field> }
	>;
}

/** Names of keys, and a text that no others have. */
interface Names {
	readonly names: readonly string[];
	readonly text: string;
}

/** Tells the names of keys that lie along a coverage from the others. Most fields have the keys of the one before. */
function splitter(
	along: readonly string[],
): (keys: Keys) => { outer: Names; inner: Names } {
	let last: readonly string[] = [];
	let split = { outer: namesIn([]), inner: namesIn([]) };
	return (keys) => {
		const names = Object.keys(keys);
		if (!same(names, last)) {
			last = names;
			const sorted = names.filter((name) => name !== "param").sort();
			split = {
				outer: namesIn(sorted.filter((name) => !along.includes(name))),
				inner: namesIn(sorted.filter((name) => along.includes(name))),
			};
		}
		return split;
	};
}

const namesIn = (names: readonly string[]): Names => ({
	names,
	text: names.join("\u0000"),
});

function same(names: readonly string[], others: readonly string[]): boolean {
	return (
		names.length === others.length &&
		names.every((name, place) => name === others[place])
	);
}

/** The same text for the same values of the same keys. */
function spelled(keys: Keys, { names, text }: Names): string {
	let spelled = text;
	for (const name of names) spelled += `\u0000${keys[name]}`;
	return spelled;
}

const agree = (keys: Keys, others: Keys, { names }: Names): boolean =>
	names.every((name) => keys[name] === others[name]);

function picked(keys: Keys, names: readonly string[]): Record<string, string> {
	return Object.fromEntries(names.map((name) => [name, keys[name] ?? ""]));
}
