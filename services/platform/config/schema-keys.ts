import { z } from "zod";
import { schema } from "./schema.ts";
import type { Path } from "./tree.ts";

/** What this project reads of a JSON Schema, with the metadata of ours. */
export interface Shape {
	readonly type?: string | readonly string[];
	readonly description?: string;
	readonly kind?: string;
	readonly default?: unknown;
	readonly const?: unknown;
	readonly required?: readonly string[];
	readonly properties?: Readonly<Record<string, Shape>>;
	readonly additionalProperties?: Shape | boolean;
	readonly items?: Shape;
	readonly anyOf?: readonly Shape[];
	readonly oneOf?: readonly Shape[];
}

/** The configuration as one writes it, described as JSON Schema. */
export function configShape(): Shape {
	return z.toJSONSchema(schema, {
		io: "input",
		unrepresentable: "any",
	}) as Shape;
}

/** The shapes a value may have, unions opened. */
export function variants(shape: Shape): readonly Shape[] {
	const options = [...(shape.anyOf ?? []), ...(shape.oneOf ?? [])];
	return options.length > 0 ? options.flatMap(variants) : [shape];
}

/** The keys that the schema knows at a path. */
export function keysAt(path: Path): readonly string[] {
	const shapes = path.reduce(below, variants(configShape()));
	return [
		...new Set(shapes.flatMap((shape) => Object.keys(shape.properties ?? {}))),
	];
}

function below(shapes: readonly Shape[], key: PropertyKey): readonly Shape[] {
	return shapes.flatMap((shape) => {
		const rest =
			typeof shape.additionalProperties === "object"
				? shape.additionalProperties
				: undefined;
		const next =
			typeof key === "number"
				? shape.items
				: (shape.properties?.[String(key)] ?? rest);
		return next ? variants(next) : [];
	});
}
