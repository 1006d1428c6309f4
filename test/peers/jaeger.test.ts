import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { callerOf, download } from "../kit/caller.ts";
import { type Jaeger, startJaeger } from "../kit/jaeger.ts";
import { type TemporaryFolder, temporaryFolder } from "../kit/temporary.ts";
import { until } from "../kit/until.ts";
import { startIn } from "../kit/worlds.ts";

let jaeger: Jaeger;
let folder: TemporaryFolder;
// Building Jaeger takes minutes, once.
beforeAll(async () => {
	jaeger = await startJaeger();
	folder = await temporaryFolder("jaeger");
}, 1_200_000);
afterAll(async () => {
	await folder[Symbol.asyncDispose]();
	await jaeger[Symbol.asyncDispose]();
});

const answer = z.object({
	data: z.array(
		z.object({
			spans: z.array(
				z.object({
					spanID: z.string(),
					operationName: z.string(),
					processID: z.string(),
					references: z.array(z.object({ spanID: z.string() })),
					tags: z.array(z.object({ key: z.string(), value: z.unknown() })),
				}),
			),
			processes: z.record(z.string(), z.object({ serviceName: z.string() })),
		}),
	),
});

/** The trace as Jaeger's query API tells it; undefined while it knows none. */
async function find(traceId: string) {
	const response = await fetch(`${jaeger.query}/api/traces/${traceId}`);
	if (response.status === 404) return undefined;
	return answer.parse(await response.json()).data[0];
}

interface Linked {
	readonly spanID: string;
	readonly references: readonly { readonly spanID: string }[];
}

/** Spans whose parents are not there. */
function orphansOf(spans: readonly Linked[], client: string): string[] {
	const known = new Set([client, ...spans.map(({ spanID }) => spanID)]);
	return spans
		.filter(({ references }) =>
			references.some(({ spanID }) => !known.has(spanID)),
		)
		.map(({ spanID }) => spanID);
}

const ROLES = ["broker", "gateway", "identity", "staging", "store", "worker"];

test.each([
	["embedded", ["polytope-server"]],
	["on the stack", ROLES.map((role) => `polytope-${role}`)],
] as const)(
	"Jaeger shows one trace with the spans of every role that a request passed, %s",
	async (where, services) => {
		const file = join(folder.path, `${where}.json`);
		const otlp = { endpoint: jaeger.otlpGrpc, protocol: "grpc" };
		await writeFile(file, JSON.stringify({ telemetry: { otlp } }));
		await using it = await startIn(where, [file]);
		const traceId = randomBytes(16).toString("hex");
		const client = randomBytes(8).toString("hex");
		const caller = callerOf(it.url);
		const traceparent = `00-${traceId}-${client}-01`;
		const id = await caller.submit("echo", "hi", { traceparent });
		await download((await caller.ended(id)).location);

		const roleOf = ({ tags }: { tags: { key: string; value: unknown }[] }) =>
			tags.find(({ key }) => key === "polytope.role")?.value;
		// Each process sends its spans when it has some: parents may come after their children.
		const trace = await until("all spans are there", async () => {
			const found = await find(traceId);
			const names = found?.spans.map((span) => span.operationName) ?? [];
			return (
				names.includes("request") &&
				names.includes("GET /api/v1/downloads/{key}") &&
				found !== undefined &&
				new Set(found.spans.map(roleOf)).size >= ROLES.length &&
				orphansOf(found.spans, client).length === 0 &&
				found
			);
		});
		const { spans, processes } = trace;
		expect([...new Set(spans.map(roleOf))].sort()).toEqual(ROLES);
		const names = Object.values(processes).map((one) => one.serviceName);
		expect([...new Set(names)].sort()).toEqual([...services].sort());
		expect(orphansOf(spans, client)).toEqual([]);
	},
	120_000,
);
