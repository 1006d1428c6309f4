import type { FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";

/** What the OpenAPI document says of one answer. */
export interface AnswerDoc {
	readonly description: string;
	readonly schema?: z.ZodType;
	/** Media type; without it, JSON. */
	readonly type?: string;
	/** What else it may be, by media type. */
	readonly more?: Readonly<Record<string, z.ZodType>>;
	/** Header names and what they hold. */
	readonly headers?: Readonly<Record<string, string>>;
}

export interface ParameterDoc {
	readonly in: "path" | "query" | "header";
	readonly name: string;
	readonly description: string;
	readonly schema: z.ZodType;
}

/** What the OpenAPI document says of a route. Every route that is not `open` also answers 401. */
export interface RouteDoc {
	readonly summary: string;
	/** Path in OpenAPI's spelling, where it differs from the router's. */
	readonly path?: string;
	readonly parameters?: readonly ParameterDoc[];
	readonly body?: { readonly type: string; readonly schema: z.ZodType };
	readonly answers: Readonly<Record<number, AnswerDoc>>;
}

/** One method of one path: how it is served, and how it is described. */
export interface Route {
	readonly method: "GET" | "POST" | "DELETE";
	/** In the router's spelling: `:name` for one segment, `*` for the rest. */
	readonly path: string;
	/** Served without credentials. */
	readonly open?: true;
	/** Undefined: served, but not described. */
	readonly doc?: RouteDoc;
	/** The body is handed over as a stream, of any size; without it, as bytes. */
	readonly streamed?: true;
	/** Checks made before the body is read. */
	readonly before?: (request: FastifyRequest) => Promise<void>;
	readonly handle: (
		request: FastifyRequest,
		reply: FastifyReply,
	) => Promise<unknown>;
}

/** A parameter of the path, decoded; empty when the path has none of that name. */
export function pathParameter(request: FastifyRequest, name: string): string {
	const { params } = request;
	if (typeof params !== "object" || params === null) return "";
	const value: unknown = Reflect.get(params, name);
	return typeof value === "string" ? value : "";
}
