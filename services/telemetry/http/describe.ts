import { z } from "zod";
import type { TelemetryDoor } from "../../platform/telemetry-door.ts";
import type { Parameter, Route } from "./route.ts";

export const PREFIX = "/telemetry/v1";

const refusal = z.object({ detail: z.unknown() });

/** The part of an OpenAPI 3.1 document that these routes are. @param open paths without credentials */
export const describe = (
	routes: readonly Route[],
	open: readonly string[],
): TelemetryDoor["paths"] =>
	Object.fromEntries(
		routes.map((route) => [
			`${PREFIX}${route.path}`,
			{ get: operation(route, open.includes(route.path)) },
		]),
	);

const operation = (
	{ summary, parameters = [], schema, path }: Route,
	open: boolean,
) => ({
	summary,
	tags: ["telemetry"],
	security: open ? [] : [{ basic: [] }],
	parameters: parameters.map(parameter),
	responses: {
		200: {
			description: summary,
			content: contentOf(path, schema),
		},
		...(!open && {
			401: refusedBecause("No or wrong Basic credentials."),
			403: refusedBecause("None of the roles that may read it."),
		}),
		...(parameters.length > 0 && {
			422: refusedBecause("A parameter that cannot be understood."),
		}),
	},
});

const contentOf = (path: string, schema: z.ZodType | undefined) => ({
	...(schema && { "application/json": { schema: jsonSchema(schema) } }),
	...(path.endsWith("metrics") && {
		"text/plain": { schema: { type: "string" } },
	}),
});

const refusedBecause = (description: string) => ({
	description,
	content: { "application/json": { schema: jsonSchema(refusal) } },
});

const parameter = ({ name, description, schema, inPath }: Parameter) => ({
	name,
	in: inPath ? "path" : "query",
	required: inPath === true,
	description,
	schema: jsonSchema(schema),
});

function jsonSchema(schema: z.ZodType): Readonly<Record<string, unknown>> {
	const { $schema: _, ...rest } = z.toJSONSchema(schema, {
		target: "draft-2020-12",
		io: "input",
	});
	return rest;
}
