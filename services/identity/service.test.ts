import { Code, ConnectError, type ConnectRouter } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { IdentityService } from "../../gen/polytope/identity/v1/identity_pb.js";
import { openMemoryCache } from "../platform/cache/memory.ts";
import { systemClock } from "../platform/clock.ts";
import { loadConfig } from "../platform/config/load.ts";
import { openFar } from "../platform/rpc/far.ts";
import { link } from "../platform/rpc/link.ts";
import { serveRpc } from "../platform/rpc/serve.ts";
import { openIdentity } from "./identity.ts";
import { CHALLENGE } from "./rpc/authenticate.ts";
import { identityService } from "./service.ts";

const { config } = loadConfig({ files: [], env: {} });
const identity = openIdentity(
	config.authentication,
	systemClock,
	openMemoryCache(systemClock),
);
const routes = (router: ConnectRouter) =>
	router.service(IdentityService, identityService(identity));

describe.each(["near", "far"])("the identity service, %s", (where) => {
	async function open() {
		const stack = new AsyncDisposableStack();
		const place =
			where === "far"
				? stack.use(openFar({ urls: [stack.use(await serveRpc(routes)).url] }))
				: { routes };
		return {
			client: link(IdentityService, place),
			[Symbol.asyncDispose]: () => stack.disposeAsync(),
		};
	}

	it("knows demo", async () => {
		await using world = await open();
		const { user } = await world.client.authenticate({
			authorization: "EmailKey demo@example.org:demo-key",
		});
		expect(user).toMatchObject({
			username: "demo",
			realm: "demo",
			roles: ["default", "polytope-telemetry"],
			attributes: { email: "demo@example.org" },
		});
	});

	it("refuses with message and challenge", async () => {
		await using world = await open();
		const refusal = await world.client
			.authenticate({ authorization: "Bearer nope" })
			.catch(ConnectError.from);
		if (!(refusal instanceof ConnectError)) throw new Error("was taken");
		expect(refusal.code).toBe(Code.Unauthenticated);
		expect(refusal.rawMessage).toBe("Invalid credentials");
		expect(refusal.metadata.get(CHALLENGE)).toBe(
			'Basic realm="demo", Bearer realm="demo", EmailKey realm="demo"',
		);
	});
});
