import { z } from "zod";
import { sendJson } from "../json.ts";
import type { OpenApi } from "../openapi/document.ts";
import { apiPage, sendPage } from "../openapi/page.ts";
import type { Route } from "../route.ts";

/** The OpenAPI document, for programs (`/openapi.json`, `/api/v1/openapi`) and for people (`/openapi`). */
export const openapi = (document: () => OpenApi): readonly Route[] => {
	const asJson = (path: string): Route => ({
		method: "GET",
		path,
		open: true,
		doc: {
			summary: "This document.",
			answers: {
				200: {
					description: "OpenAPI 3.1.",
					schema: z.record(z.string(), z.unknown()),
				},
			},
		},
		handle: async (_request, reply) => sendJson(reply, 200, document()),
	});
	return [
		asJson("/openapi.json"),
		asJson("/api/v1/openapi"),
		{
			method: "GET",
			path: "/openapi",
			open: true,
			handle: async (_request, reply) => sendPage(reply, apiPage(document())),
		},
	];
};
