import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { serveRpc } from "../services/platform/rpc/serve.ts";
import { readTls } from "../services/platform/rpc/tls.ts";
import { run } from "../test/kit/command.ts";

const SCRIPT = fileURLToPath(new URL("health.ts", import.meta.url));
const FIXTURES = new URL("../services/platform/rpc/fixtures/", import.meta.url);
const fixture = (name: string): string =>
	fileURLToPath(new URL(name, FIXTURES));
const FILES = {
	ca: fixture("ca.pem"),
	cert: fixture("cert.pem"),
	key: fixture("key.pem"),
};

const health = async (...args: string[]) => {
	const { code, stderr } = await run(process.execPath, [SCRIPT, ...args]);
	return { code, stderr };
};

describe("the health check of containers", () => {
	it("is content with a port that serves, and needs no token", async () => {
		await using served = await serveRpc(() => {}, { token: "secret" });
		expect(await health(served.url)).toEqual({ code: 0, stderr: "" });
	});

	it("shows its certificate where one is asked for", async () => {
		await using served = await serveRpc(() => {}, { tls: readTls(FILES) });
		const args = Object.entries(FILES).flatMap(([name, file]) => [
			`--${name}`,
			file,
		]);
		expect(await health(served.url, ...args)).toEqual({ code: 0, stderr: "" });
		expect((await health(served.url)).code).toBe(1);
	});

	it("says why when nobody is there", async () => {
		const served = await serveRpc(() => {});
		await served[Symbol.asyncDispose]();
		const { code, stderr } = await health(served.url);
		expect(code).toBe(1);
		expect(stderr).toContain("ECONNREFUSED");
	});
});
