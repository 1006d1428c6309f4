import { z } from "zod";
import type { AnswerDoc, ParameterDoc, Route, RouteDoc } from "../route.ts";
import { messageView } from "../views/message.ts";

type Json = Readonly<Record<string, unknown>>;

/** An OpenAPI 3.1 document. */
export interface OpenApi extends Json {
	readonly openapi: "3.1.0";
	readonly info: {
		readonly title: string;
		readonly version: string;
		readonly description: string;
	};
	readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
}

/** Describes the routes from what each says of itself. @param others paths that are described already */
export function describeRoutes(
	routes: readonly Route[],
	version: string,
	others: OpenApi["paths"] = {},
): OpenApi {
	const paths: Record<string, Record<string, Json>> = {};
	for (const route of routes) {
		if (route.doc === undefined) continue;
		const path = route.doc.path ?? route.path.replace(/:(\w+)/g, "{$1}");
		const methods = paths[path] ?? {};
		paths[path] = methods;
		methods[route.method.toLowerCase()] = operation(route, route.doc);
	}
	return {
		openapi: "3.1.0",
		info: {
			title: "polytope-server",
			version,
			description:
				'Hypercube data over the Polytope REST protocol, version 1. Errors are `{"message": text}`.',
		},
		components: { securitySchemes: SCHEMES },
		paths: { ...paths, ...others },
	};
}

const SCHEMES = {
	bearer: {
		type: "http",
		scheme: "bearer",
		description: "`Authorization: Bearer KEY`",
	},
	emailKey: {
		type: "apiKey",
		in: "header",
		name: "Authorization",
		description: "`Authorization: EmailKey EMAIL:KEY`",
	},
	basic: { type: "http", scheme: "basic" },
};

function operation(route: Route, doc: RouteDoc): Json {
	const { body } = doc;
	return {
		summary: doc.summary,
		security: route.open
			? []
			: [{ bearer: [] }, { emailKey: [] }, { basic: [] }],
		...(doc.parameters && { parameters: doc.parameters.map(parameter) }),
		...(body && {
			requestBody: {
				required: true,
				content: { [body.type]: { schema: jsonSchema(body.schema) } },
			},
		}),
		responses: responses(route, doc),
	};
}

function responses(route: Route, doc: RouteDoc): Json {
	const refused: AnswerDoc = {
		description: "No or wrong credentials.",
		schema: messageView,
	};
	const all = route.open ? doc.answers : { ...doc.answers, 401: refused };
	return Object.fromEntries(
		Object.entries(all).map(([status, answer]) => [status, response(answer)]),
	);
}

function response({
	description,
	schema,
	type = "application/json",
	more,
	headers,
}: AnswerDoc): Json {
	const named = Object.entries(headers ?? {}).map(([name, holds]) => [
		name,
		{ description: holds, schema: { type: "string" } },
	]);
	return {
		description,
		...(named.length > 0 && { headers: Object.fromEntries(named) }),
		...(schema && { content: contentOf({ [type]: schema, ...more }) }),
	};
}

const contentOf = (schemas: Readonly<Record<string, z.ZodType>>): Json =>
	Object.fromEntries(
		Object.entries(schemas).map(([type, schema]) => [
			type,
			{ schema: jsonSchema(schema) },
		]),
	);

const parameter = ({
	name,
	description,
	schema,
	...where
}: ParameterDoc): Json => ({
	name,
	in: where.in,
	required: where.in === "path",
	description,
	schema: jsonSchema(schema),
});

function jsonSchema(schema: z.ZodType): Json {
	const { $schema: _, ...rest } = z.toJSONSchema(schema, {
		target: "draft-2020-12",
		io: "input",
	});
	return rest;
}
