import { rootPage, sendPage } from "../openapi/page.ts";
import type { Route } from "../route.ts";

/** GET /: for who types the address into a browser. */
export const root = (version: string): Route => ({
	method: "GET",
	path: "/",
	open: true,
	handle: async (_request, reply) => sendPage(reply, rootPage(version)),
});
