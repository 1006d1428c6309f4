import { FAILSAFE_SCHEMA, load, mergeTag, YAMLException } from "js-yaml";
import { RequestError } from "./errors.ts";

export type Scalar = string | number | boolean | null;
export type Value = Scalar | readonly Value[] | Mapping;
export interface Mapping {
	readonly [key: string]: Value;
}

/**
 * A request as its author wrote it. Text and single numbers are requests too: `echo` and `dummy` take them.
 *
 * Mappings have no prototype, so that `__proto__` or `constructor` are keys like any other.
 */
export type Document =
	| { readonly kind: "mapping"; readonly value: Mapping }
	| { readonly kind: "scalar"; readonly text: string };

/** Every scalar stays text; `<<` merges, as it does for hand-written files in PyYAML. */
const SCHEMA = FAILSAFE_SCHEMA.withTags(mergeTag);

/** What one document may cost. Aliases count as often as they are used. */
export interface Bounds {
	/** UTF-16 units of YAML text, or of all keys and strings of an object together. */
	readonly characters: number;
	readonly depth: number;
	/** Scalars, lists and mappings together. */
	readonly nodes: number;
}

/** A polygon of 20 000 points fits; the body limit of the gateway is a matter of its own. */
const BOUNDS: Bounds = {
	characters: 1 << 20,
	depth: 32,
	nodes: 200_000,
};

/**
 * Reads the `request` of a submission: YAML text, or a JSON value taken as it is.
 *
 * YAML is read with the FAILSAFE schema, where every scalar stays text: clients write with PyYAML, whose YAML 1.1
 * leaves `expver: 0099` or `time: 0800` bare, which YAML 1.2 would read as 99 and 800.
 *
 * @throws {RequestError} and nothing else, whatever is handed in
 */
export function parseDocument(
	posted: unknown,
	bounds: Bounds = BOUNDS,
): Document {
	const parsed =
		typeof posted === "string" ? parseYaml(posted, bounds) : posted;
	if (Array.isArray(parsed)) {
		throw new RequestError([
			"A list of requests cannot be submitted at once: send each request by itself",
		]);
	}
	const value = new Copier(bounds).copy(parsed, 0);
	if (value === null) throw new RequestError(["The request is empty"]);
	if (typeof value === "object")
		return { kind: "mapping", value: value as Mapping };
	return { kind: "scalar", text: String(value) };
}

function parseYaml(text: string, bounds: Bounds): unknown {
	if (text.length > bounds.characters) throw tooLong(bounds);
	if (text.trim() === "") throw new RequestError(["The request is empty"]);
	try {
		return load(text, {
			schema: SCHEMA,
			maxDepth: bounds.depth,
			maxAliases: bounds.nodes,
		});
	} catch (cause) {
		if (!(cause instanceof YAMLException)) throw cause;
		throw new RequestError([
			`The request is not valid YAML: ${cause.reason}${place(cause)}`,
		]);
	}
}

function place(cause: YAMLException): string {
	return cause.mark
		? ` (line ${cause.mark.line + 1}, column ${cause.mark.column + 1})`
		: "";
}

/** Copies a parsed tree into bare mappings. It stops at the first bound it passes, so a "billion laughs" costs no more. */
class Copier {
	#bounds: Bounds;
	#nodes = 0;
	#characters = 0;

	constructor(bounds: Bounds) {
		this.#bounds = bounds;
	}

	copy(value: unknown, depth: number): Value {
		this.#count(depth);
		if (typeof value === "string") return this.#text(value);
		if (typeof value === "number" && Number.isFinite(value)) return value;
		if (typeof value === "boolean" || value === null) return value;
		if (Array.isArray(value))
			return Array.from(value, (item) => this.copy(item, depth + 1));
		if (isPlain(value)) return this.#mapping(value, depth);
		throw new RequestError([
			"The request holds a value that is neither text, a finite number, a list nor a mapping",
		]);
	}

	#mapping(value: object, depth: number): Mapping {
		const copy: Record<string, Value> = Object.create(null);
		for (const [key, item] of Object.entries(value))
			copy[this.#text(key)] = this.copy(item, depth + 1);
		return copy;
	}

	#text(text: string): string {
		this.#characters += text.length;
		if (this.#characters > this.#bounds.characters) throw tooLong(this.#bounds);
		if (text.includes("\0") || !text.isWellFormed()) {
			throw new RequestError([
				"The request holds characters that are not text (NUL or half a surrogate pair)",
			]);
		}
		return text;
	}

	#count(depth: number): void {
		this.#nodes += 1;
		if (depth > this.#bounds.depth) {
			throw new RequestError([
				`The request is nested deeper than ${this.#bounds.depth} levels`,
			]);
		}
		if (this.#nodes > this.#bounds.nodes) {
			throw new RequestError([
				`The request has more than ${this.#bounds.nodes} values (aliases counted as used)`,
			]);
		}
	}
}

function isPlain(value: unknown): value is object {
	if (typeof value !== "object" || value === null) return false;
	const prototype = Object.getPrototypeOf(value);
	return prototype === null || prototype === Object.prototype;
}

function tooLong(bounds: Bounds): RequestError {
	return new RequestError([
		`The request is longer than ${bounds.characters} characters`,
	]);
}
