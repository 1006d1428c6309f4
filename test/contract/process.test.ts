import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openLog } from "../../services/platform/log.ts";
import { processRoutes } from "../../services/platform/rpc/process.ts";
import { type Served, serveRpc } from "../../services/platform/rpc/serve.ts";
import { mustRun, run } from "../kit/command.ts";
import { grpcurl } from "../kit/grpcurl.ts";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";
import { openTestWorld } from "../kit/world.ts";

const SERVICE = "polytope.process.v1.ProcessService";
const lines: string[] = [];
const log = openLog("info", {
	levels: { worker: "warn" },
	out: { write: (line: string) => void lines.push(line) },
});
let served: Served;
let command: string;

beforeAll(async () => {
	served = await serveRpc(processRoutes(log));
	command = await grpcurl();
	log.of("worker");
}, INSTALL_TIMEOUT);
afterAll(() => served[Symbol.asyncDispose]());

const args = (method: string, message = {}, url = served.url) => [
	...["-plaintext", "-d", JSON.stringify(message)],
	...[new URL(url).host, `${SERVICE}/${method}`],
];
const call = async (method: string, message = {}): Promise<unknown> =>
	JSON.parse(await mustRun(command, args(method, message)));

describe("grpcurl, with nothing but the address", () => {
	it("reads the levels", async () => {
		expect(await call("GetLevels")).toEqual({
			levels: { process: "info", worker: "warn" },
		});
	});

	it("changes one, which holds at once and is said, and puts it back", async () => {
		const set = { role: "worker", level: "DEBUG" };
		expect(await call("SetLevel", set)).toEqual({
			levels: { process: "info", worker: "debug" },
		});
		log.of("worker").debug({ event: "request.claimed" }, "seen");
		expect(lines.map((line) => JSON.parse(line).event)).toEqual([
			"process.level",
			"request.claimed",
		]);
		expect(await call("SetLevel")).toEqual({
			levels: { process: "info", worker: "warn" },
		});
	});

	it.each([
		[{ role: "nobody", level: "info" }, "only: process, worker"],
		[{ level: "loud" }, "debug, info, warn, error"],
	])("refuses %j", async (message, text) => {
		const { code, stderr } = await run(command, args("SetLevel", message));
		expect(code).not.toBe(0);
		expect(stderr).toContain(text);
	});
});

it("is on every gRPC port of a process", async () => {
	await using world = await openTestWorld({ split: true });
	for (const role of ["store", "worker", "broker"] as const) {
		const list = ["-plaintext", new URL(world.rpc(role)).host, "list"];
		expect(await mustRun(command, list)).toContain(SERVICE);
	}
	const levels = await mustRun(
		command,
		args("GetLevels", {}, world.rpc("store")),
	);
	expect(JSON.parse(levels).levels).toMatchObject({ gateway: "fatal" });
});
