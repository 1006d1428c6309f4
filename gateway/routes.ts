import type { Door } from "./context.ts";
import type { OpenApi } from "./openapi/document.ts";
import type { Route } from "./route.ts";
import { collections } from "./routes/collections.ts";
import { downloads } from "./routes/downloads.ts";
import { events } from "./routes/events.ts";
import { list } from "./routes/list.ts";
import { openapi } from "./routes/openapi.ts";
import { poll } from "./routes/poll.ts";
import { revoke } from "./routes/revoke.ts";
import { root } from "./routes/root.ts";
import { submit } from "./routes/submit.ts";
import { telemetry } from "./routes/telemetry.ts";
import { test } from "./routes/test.ts";
import { uploads } from "./routes/uploads.ts";
import { user } from "./routes/user.ts";

/** Every route of the public door. HEAD comes with GET. */
export const routesOf = (
	door: Door,
	document: () => OpenApi,
): readonly Route[] => [
	root(door.options.version),
	test,
	user(door),
	collections(door),
	list(door),
	submit(door),
	poll(door),
	events(door),
	revoke(door),
	downloads(door),
	...uploads(door),
	...telemetry(door),
	...openapi(document),
];
