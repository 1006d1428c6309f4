import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { callerOf, download } from "../test/kit/caller.ts";
import { openOtlpReceiver, type SeenSpan } from "../test/kit/otlp.ts";
import { startProduct } from "../test/kit/product.ts";
import { until } from "../test/kit/until.ts";

// Draws docs/pictures/trace.svg: the trace of one real request, served by one process.

const WIDTH = 1000;
const NAMES = 430;
const ROW = 19;
const TOP = 34;
const COLOURS: Readonly<Record<string, string>> = {
	gateway: "#2b6cb0",
	identity: "#805ad5",
	store: "#2f855a",
	broker: "#c05621",
	worker: "#b83280",
	staging: "#4a5568",
};

interface Row {
	readonly span: SeenSpan;
	readonly depth: number;
}

async function oneTrace(): Promise<readonly SeenSpan[]> {
	await using receiver = await openOtlpReceiver();
	const folder = await mkdtemp(join(tmpdir(), "trace-"));
	const config = join(folder, "trace.json");
	const otlp = { endpoint: receiver.endpoint, protocol: "http/protobuf" };
	await writeFile(config, JSON.stringify({ telemetry: { otlp } }));
	try {
		await using product = await startProduct({ config: [config] });
		const caller = callerOf(product.url);
		// A first one: what is done once does not belong into the picture.
		await caller.ended(await caller.submit("echo", "first"));
		const traceId = randomBytes(16).toString("hex");
		const traceparent = `00-${traceId}-${"b7".repeat(8)}-01`;
		const request = { size: "5MB" };
		const id = await caller.submit("dummy", request, { traceparent });
		await download((await caller.ended(id)).location);
		await until("its spans have come", () =>
			["request", "GET /api/v1/downloads/{key}"].every((name) =>
				receiver.trace(traceId).some((span) => span.name === name),
			),
		);
		return receiver.trace(traceId);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

function rowsOf(spans: readonly SeenSpan[]): Row[] {
	const known = new Set(spans.map((span) => span.spanId));
	const under = (parent: string, depth: number): Row[] =>
		spans
			.filter((span) => span.parentSpanId === parent)
			.flatMap((span) => [{ span, depth }, ...under(span.spanId, depth + 1)]);
	return spans
		.filter((span) => !known.has(span.parentSpanId))
		.flatMap((span) => [{ span, depth: 0 }, ...under(span.spanId, 1)]);
}

function draw(rows: readonly Row[]): string {
	const from = Math.min(...rows.map(({ span }) => ms(span.start)));
	const until = Math.max(...rows.map(({ span }) => ms(span.end)));
	const scale = (WIDTH - NAMES - 20) / (until - from);
	const bars = rows.map(({ span, depth }, index) => {
		const role = String(span.attributes["polytope.role"]);
		const colour = COLOURS[role] ?? "#000000";
		const y = TOP + index * ROW;
		const x = NAMES + (ms(span.start) - from) * scale;
		const width = Math.max(1.5, (ms(span.end) - ms(span.start)) * scale);
		const name = span.name.replace(/^polytope\.\w+\.v1\./, "");
		const took = `${(ms(span.end) - ms(span.start)).toFixed(1)} ms`;
		return [
			`<text x="${8 + depth * 14}" y="${y + 12}" fill="${colour}">${role}</text>`,
			`<text x="${66 + depth * 14}" y="${y + 12}">${escaped(name)}</text>`,
			`<text x="${NAMES - 8}" y="${y + 12}" text-anchor="end" fill="#718096">${took}</text>`,
			`<rect x="${x.toFixed(1)}" y="${y + 2}" width="${width.toFixed(1)}" height="12" rx="2" fill="${colour}"/>`,
		].join("");
	});
	const height = TOP + rows.length * ROW + 10;
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="11">
<title>The spans of one request, one below the other, along the time</title>
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
<text x="8" y="20" font-size="13">One request of 5 MB, from its submission to its download: ${(until - from).toFixed(0)} ms</text>
${bars.join("\n")}
</svg>
`;
}

/** Milliseconds since 1970. */
const ms = (nanoseconds: bigint): number => Number(nanoseconds) / 1e6;

const escaped = (text: string): string =>
	text.replace(/[<>&]/g, (sign) => `&#${sign.charCodeAt(0)};`);

const file = new URL("../docs/pictures/trace.svg", import.meta.url);
await writeFile(file, draw(rowsOf(await oneTrace())));
