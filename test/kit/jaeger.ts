import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { freePort } from "./ports.ts";
import { tool } from "./tools.ts";
import { until } from "./until.ts";

/** A Jaeger of a test's own, on loopback, which keeps its traces in memory. */
export interface Jaeger extends AsyncDisposable {
	/** Takes OTLP over gRPC: `http://127.0.0.1:PORT`. */
	readonly otlpGrpc: string;
	/** Takes OTLP over HTTP, below `/v1/traces`. */
	readonly otlpHttp: string;
	/** Its query API: `GET <query>/api/traces/<trace id>`. */
	readonly query: string;
	/** Ends it, with a signal that leaves it no time; what it knew is gone. */
	kill(): Promise<void>;
	/** Starts it again at the same addresses. */
	start(): Promise<void>;
}

/** Path of Jaeger's all-in-one. Building it takes minutes. */
const jaegerProgram = (): Promise<string> =>
	tool({
		name: "jaeger-all-in-one",
		version: "1.76.0",
		recipes: [
			{
				by: "go-sources",
				module: "github.com/jaegertracing/jaeger@v1.76.0",
				package: "./cmd/all-in-one",
			},
		],
	});

/** Where each of its parts listens, by the flag that says so. */
const PARTS = [
	"collector.otlp.grpc.host-port",
	"collector.otlp.http.host-port",
	"query.http-server.host-port",
	"query.grpc-server.host-port",
	"collector.grpc-server.host-port",
	"collector.http-server.host-port",
	"admin.http.host-port",
] as const;

/** Starts Jaeger, which is looked for or built first. */
export async function startJaeger(): Promise<Jaeger> {
	const program = await jaegerProgram();
	const places = new Map<string, string>();
	for (const part of PARTS) places.set(part, `127.0.0.1:${await freePort()}`);
	const at = (part: (typeof PARTS)[number]): string =>
		`http://${places.get(part)}`;
	let child: ChildProcess | undefined;
	const endWithUs = (): void => void child?.kill("SIGKILL");
	process.once("exit", endWithUs);

	async function start(): Promise<void> {
		const flags = [...places].map(([part, place]) => `--${part}=${place}`);
		const started = spawn(program, [...flags, "--log-level=error"], {
			stdio: ["ignore", "ignore", "pipe"],
			env: {
				PATH: process.env.PATH,
				COLLECTOR_OTLP_ENABLED: "true",
				SPAN_STORAGE_TYPE: "memory",
			},
		});
		child = started;
		let said = "";
		started.stderr?.setEncoding("utf8").on("data", (text: string) => {
			said += text;
		});
		await until("Jaeger answers", async () => {
			if (started.exitCode !== null)
				throw new Error(`Jaeger ended with ${started.exitCode}: ${said}`);
			return fetch(`${at("query.http-server.host-port")}/api/services`).then(
				async (response) => {
					await response.text();
					return response.ok;
				},
				() => false,
			);
		});
	}
	async function kill(): Promise<void> {
		if (child === undefined || child.exitCode !== null) return;
		const ended = once(child, "exit");
		child.kill("SIGKILL");
		await ended;
		child = undefined;
	}
	await start();
	return {
		otlpGrpc: at("collector.otlp.grpc.host-port"),
		otlpHttp: at("collector.otlp.http.host-port"),
		query: at("query.http-server.host-port"),
		start,
		kill,
		async [Symbol.asyncDispose]() {
			process.off("exit", endWithUs);
			await kill();
		},
	};
}
