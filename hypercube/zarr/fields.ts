import { canonical } from "../archive/canonical.ts";
import { parameterOf, paramIdOf } from "../grib/parameters.ts";
import {
	dateAndTime,
	type KeyValues,
	leadsOf,
	levels,
	levtypeOf,
	plainValues,
	steps,
	timesOf,
} from "./cf/keys.ts";
import { numbersOf } from "./cf/numbers.ts";
import type { Role } from "./cf/roles.ts";
import type { ChunkedArray } from "./chunked.ts";
import type { Along, Located } from "./coordinates.ts";
import { UnreadableArray } from "./format/meta.ts";
import type { Horizontal } from "./horizontal.ts";
import type { ZarrMapping } from "./mapping.ts";

/** A dimension along which fields lie, with the keys that tell them apart: date and time may share one. */
export interface Outer {
	readonly at: number;
	readonly size: number;
	readonly keys: readonly KeyValues[];
}

/** A variable as fields: what all have in common, and what tells them apart. */
export interface FieldVariable {
	readonly variable: ChunkedArray;
	readonly horizontal: Horizontal;
	/** MARS keys that all have, in their one spelling. */
	readonly common: Readonly<Record<string, string>>;
	readonly outer: readonly Outer[];
}

/** Numbers of coordinates, each read once. */
export type NumbersOf = (variable: ChunkedArray) => Promise<Float64Array>;

export function readingOnce(signal: AbortSignal): NumbersOf {
	const known = new Map<ChunkedArray, Promise<Float64Array>>();
	return (variable) => {
		const found = known.get(variable) ?? numbersOf(variable, signal);
		known.set(variable, found);
		return found;
	};
}

/**
 * Works out the MARS keys of a variable's fields.
 * @throws UnreadableArray for a dimension that nothing says anything of, or whose values cannot be read
 */
export async function fieldsOf(
	variable: ChunkedArray,
	{
		located,
		horizontal,
	}: { readonly located: Located; readonly horizontal: Horizontal },
	mapping: ZarrMapping,
	numbers: NumbersOf,
): Promise<FieldVariable> {
	const { dimensions, shape } = variable.meta;
	for (const at of located.unknown)
		if (at !== horizontal.row && at !== horizontal.column && shape[at] !== 1)
			throw new UnreadableArray(
				`nothing says what its dimension '${dimensions[at]}' runs along: say it in 'dimensions'`,
			);
	const times = new Times(located);
	const outer: Outer[] = [];
	for (const along of located.along) {
		if (along.at === horizontal.row || along.at === horizontal.column) continue;
		const keys = await told(along, () => keysOf(along, times, numbers));
		outer.push({ at: along.at, size: along.size, keys });
	}
	const common = {
		...(await scalarKeys(located, times, numbers)),
		...levtype(located),
		...mapping.keys,
		param: paramOf(variable, mapping),
	};
	// What the operator says of all wins over what is found.
	const said = new Set([...Object.keys(mapping.keys ?? {}), "param"]);
	return {
		variable,
		horizontal,
		common: spelled(common),
		outer: outer.map((one) => ({
			...one,
			keys: one.keys.filter(({ key }) => !said.has(key)),
		})),
	};
}

const spelled = (keys: Readonly<Record<string, string>>) =>
	Object.fromEntries(
		Object.entries(keys).map(([key, value]) => [
			key,
			key === "param" ? value : canonical(key, value),
		]),
	);

/** Adds to what went wrong which coordinate it was. */
async function told<T>(
	{ coordinate }: Pick<Along, "coordinate">,
	read: () => Promise<T>,
): Promise<T> {
	try {
		return await read();
	} catch (cause) {
		if (!(cause instanceof Error) || cause.name !== "Error") throw cause;
		throw new UnreadableArray(
			`its coordinate '${coordinate?.meta.name ?? ""}' ${cause.message}`,
			{ cause },
		);
	}
}

/** Which coordinate of a variable says when a forecast starts, and which when its data hold. */
class Times {
	readonly #located: Located;

	constructor(located: Located) {
		this.#located = located;
	}

	has(role: Role): boolean {
		return this.#located.along.some(({ what }) => what === role);
	}

	/** Beside a step, the one time that there is means the start. */
	meaning({ what }: Along): string {
		const start = what === "time" && this.has("step") && !this.has("reference");
		return start ? "reference" : what;
	}

	/** The start, where it is one for all fields. */
	get start(): ChunkedArray | undefined {
		const { scalars } = this.#located;
		if (this.has("reference")) return undefined;
		if (this.has("time"))
			return this.has("step") ? undefined : scalars.get("reference");
		return scalars.get("reference") ?? scalars.get("time");
	}
}

async function keysOf(
	along: Along,
	times: Times,
	numbers: NumbersOf,
): Promise<readonly KeyValues[]> {
	const { coordinate, size } = along;
	const meaning = times.meaning(along);
	if (!coordinate) {
		if (size === 1) return [];
		throw new Error("is not there");
	}
	const { meta } = coordinate;
	const values = await numbers(coordinate);
	switch (meaning) {
		case "reference":
			return dateAndTime(timesOf(meta, values));
		case "time": {
			const { start } = times;
			if (!start) return dateAndTime(timesOf(meta, values));
			const [from = 0] = timesOf(start.meta, await numbers(start));
			return [steps(timesOf(meta, values).map((second) => second - from))];
		}
		case "step":
			return [steps(leadsOf(meta, values))];
		case "level":
			return [levels(meta, values)];
		default:
			return [plainValues(meaning, values)];
	}
}

/** Keys that coordinates without a dimension give. */
async function scalarKeys(
	located: Located,
	times: Times,
	numbers: NumbersOf,
): Promise<Record<string, string>> {
	const keys: Record<string, string> = {};
	const add = (found: readonly KeyValues[]) => {
		for (const { key, values } of found) keys[key] = values[0] ?? "";
	};
	const { scalars } = located;
	const { start } = times;
	if (start)
		await told({ coordinate: start }, async () =>
			add(dateAndTime(timesOf(start.meta, await numbers(start)))),
		);
	const step = scalars.get("step");
	const derived = times.has("time") && start !== undefined;
	if (step && !times.has("step") && !derived)
		await told({ coordinate: step }, async () =>
			add([steps(leadsOf(step.meta, await numbers(step)))]),
		);
	const level = scalars.get("level");
	// A height of two metres is no level of MARS.
	if (level && !times.has("level") && levtypeOf(level.meta) !== undefined)
		add([levels(level.meta, await numbers(level))]);
	const number = scalars.get("number");
	if (number && !times.has("number"))
		add([plainValues("number", await numbers(number))]);
	return keys;
}

/** The type of level, where the coordinates tell it: without a level a field is one of the surface. */
function levtype({ along, scalars }: Located): Record<string, string> {
	const level = along.find(({ what }) => what === "level")?.coordinate;
	if (along.some(({ what }) => what === "level")) {
		const found = level && levtypeOf(level.meta);
		return found === undefined ? {} : { levtype: found };
	}
	const scalar = scalars.get("level");
	return { levtype: (scalar && levtypeOf(scalar.meta)) ?? "sfc" };
}

/**
 * The parameter: what the operator says, else what cfgrib left (`GRIB_paramId`), else what MARS means by the
 * variable's name if that has these units; else the name itself.
 */
function paramOf({ meta }: ChunkedArray, { params }: ZarrMapping): string {
	const { name, attributes } = meta;
	const said = params && Object.hasOwn(params, name) ? params[name] : undefined;
	if (said !== undefined) {
		const id = paramIdOf(String(said));
		if (id === undefined)
			throw new UnreadableArray(
				`its parameter '${said}' is no id and no short name`,
			);
		return String(id);
	}
	const left = attributes.GRIB_paramId;
	if (typeof left === "number" && Number.isInteger(left) && left > 0)
		return String(left);
	const id = paramIdOf(name);
	const known = id === undefined ? undefined : parameterOf(id);
	const fits = known && unitsOf(known.units) === unitsOf(attributes.units);
	return fits ? String(id) : name;
}

/** Units without what tells spellings apart: `m s**-1`, `m s-1`, `m/s`. */
const unitsOf = (units: unknown): string | undefined =>
	typeof units === "string"
		? units.replace(/\*\*|\^|\s/g, "").replace(/\/s$/, "s-1")
		: undefined;
