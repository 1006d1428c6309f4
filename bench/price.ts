import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { startProduct } from "../test/kit/product.ts";
import { driveNumber } from "./drive.ts";
import { type Benchmark, quantile } from "./measure.ts";
import { resident } from "./memory.ts";

const CLIENTS = 64;
const SECONDS = 6;
const WARM_UP = 4;
const ROUNDS = 3;
/** Seconds of load between the two looks at the memory: the queues of spans are full long before the first. */
const LONG = 20;

/**
 * What it costs to be seen: lifecycles a second with metrics, logs, usage, the spans of every life and of one in twenty
 * requests all inner ones, sent over OTLP to another process; beside the same with all of it off. In turns, medians. And
 * what memory does while who takes the spans has stopped, beside what it does with all of it off.
 */
export const price: Benchmark = {
	name: "price",
	async run() {
		const on: number[] = [];
		const off: number[] = [];
		for (let round = 0; round < ROUNDS; round += 1) {
			on.push(await served("on"));
			off.push(await served("off"));
		}
		const deaf = await underLoad("on");
		const silent = await underLoad("off");
		return [
			{
				name: "lifecycles, 64 clients, all telemetry on",
				value: quantile(on, 0.5),
				unit: "1/s",
				baseline: quantile(off, 0.5),
				goals: [{ at: "least", bound: 0.9, of: "ratio" }],
			},
			{
				name: `memory, growth in ${LONG} s, receiver of spans stopped`,
				value: deaf.grown,
				unit: "MiB",
				baseline: silent.grown,
			},
			{
				name: "memory, receiver of spans stopped",
				value: deaf.peak,
				unit: "MiB",
				baseline: silent.peak,
			},
		];
	},
};

const load = (url: string, seconds: number): Promise<number> =>
	driveNumber({
		kind: "lifecycles",
		url,
		clients: CLIENTS,
		seconds,
		warmUp: WARM_UP,
	});

async function served(telemetry: "on" | "off"): Promise<number> {
	await using sink = await openSink();
	await using configured = await configure(sink.url, telemetry);
	await using product = await startProduct({
		config: [configured.file],
		// The variable of OpenTelemetry's specification.
		env: telemetry === "off" ? { OTEL_SDK_DISABLED: "true" } : {},
	});
	return await load(product.url, SECONDS);
}

/** What memory does under load while who takes the spans has stopped; and without telemetry, since a server grows anyway. */
async function underLoad(
	telemetry: "on" | "off",
): Promise<{ grown: number; peak: number }> {
	await using sink = await openSink();
	await using configured = await configure(sink.url, telemetry);
	await using product = await startProduct({
		config: [configured.file],
		env: telemetry === "off" ? { OTEL_SDK_DISABLED: "true" } : {},
	});
	sink.stop();
	await load(product.url, SECONDS);
	const before = await resident(product.pid);
	await load(product.url, LONG);
	const peak = await resident(product.pid);
	return { grown: peak - before, peak };
}

async function configure(endpoint: string, telemetry: "on" | "off") {
	const folder = await mkdtemp(join(tmpdir(), "bench-"));
	const file = join(folder, "price.json");
	const otlp = { endpoint, protocol: "http/protobuf" };
	const config =
		telemetry === "on"
			? { telemetry: { otlp } }
			: {
					telemetry: { usage: { interval: "1h" } },
					logging: { level: "error" },
				};
	await writeFile(file, JSON.stringify(config));
	return {
		file,
		[Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
	};
}

/** Takes whatever it is sent and throws it away; as a process of its own, so that what it costs is not the server's. */
const SINK = `
const server = require("node:http").createServer((request, response) => {
	request.resume().on("end", () => response.writeHead(200).end());
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
`;

async function openSink() {
	const child = spawn(process.execPath, ["-e", SINK], {
		stdio: ["ignore", "pipe", "inherit"],
	});
	const [port] = await once(createInterface(child.stdout), "line");
	return {
		url: `http://127.0.0.1:${port}`,
		/** From now on it takes connections, and answers none. */
		stop: () => void child.kill("SIGSTOP"),
		async [Symbol.asyncDispose]() {
			const ended = once(child, "exit");
			child.kill("SIGKILL");
			await ended;
		},
	};
}
