import { once } from "node:events";
import { mkdtemp, open, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { create } from "@bufbuild/protobuf";
import type { Client } from "@connectrpc/connect";
import { StagingService } from "../gen/polytope/staging/v1/staging_pb.js";
import { RequestSchema } from "../gen/polytope/store/v1/store_pb.js";
import { systemClock } from "../services/platform/clock.ts";
import { newRequestId, newStagingKey } from "../services/platform/ids.ts";
import { openLog } from "../services/platform/log.ts";
import { openPermits } from "../services/platform/permits.ts";
import { putPart } from "../services/platform/put-part.ts";
import { openFar } from "../services/platform/rpc/far.ts";
import { link } from "../services/platform/rpc/link.ts";
import { serveRpc } from "../services/platform/rpc/serve.ts";
import { throughStaging } from "../services/staging/delivery.ts";
import { openDisk } from "../services/staging/disk.ts";
import { downloadHandler } from "../services/staging/http.ts";
import { parseDownloadName } from "../services/staging/links.ts";
import type { Objects } from "../services/staging/objects.ts";
import { openS3 } from "../services/staging/s3/open.ts";
import { stagingService } from "../services/staging/service.ts";
import { openRunning } from "../services/worker/running.ts";
import { stage } from "../services/worker/stage.ts";
import { type S3Server, startS3 } from "../test/kit/s3.ts";
import { driveNumber } from "./drive.ts";
import { type Benchmark, type Measure, quantile } from "./measure.ts";

const MIB = 2 ** 20;
const SIZE = 1024 * MIB;
const CHUNK = 2 * MIB;
const ROUNDS = 3;
/** Parts on their way at once, as the worker has them. */
const IN_FLIGHT = 3;
const TYPE = "application/x-grib";

/**
 * One result of 1 GiB from a worker into staging, as the worker does it: from the first byte until it is committed. Beside
 * it what the place itself gives, to somebody who neither hashes nor checks. Taken in turns; medians.
 */
export const staging: Benchmark = {
	name: "staging",
	async run() {
		const folder = await mkdtemp(join(tmpdir(), "bench-"));
		try {
			return [...(await disk(folder)), ...(await s3())];
		} finally {
			await rm(folder, { recursive: true, force: true });
		}
	},
};

async function disk(folder: string): Promise<Measure[]> {
	await using objects = await openDisk({ folder });
	await using stack = new AsyncDisposableStack();
	const service = stagingService({ objects, maxBytes: 0 });
	const served = stack.use(
		await serveRpc((router) => void router.service(StagingService, service)),
	);
	const far = stack.use(openFar({ urls: [served.url] }));
	const elsewhere = withoutFile(link(StagingService, far));
	const rate = await inTurns({
		plain: () => plainWrite(folder),
		file: () => stageAndForget(near(objects)),
		stream: () => stageAndForget(elsewhere),
	});
	return [
		{
			name: "staging of 1 GiB on disk",
			value: rate("file"),
			unit: "MiB/s",
			baseline: rate("plain"),
			goals: [{ at: "least", bound: 500, of: "value" }],
		},
		{
			name: "staging of 1 GiB on disk, by gRPC",
			value: rate("stream"),
			unit: "MiB/s",
			baseline: rate("plain"),
		},
	];
}

async function s3(): Promise<Measure[]> {
	await using server = await startS3();
	return await stagingOn(server);
}

/** The same on an S3 server that is there. */
export async function stagingOn(server: S3Server): Promise<Measure[]> {
	const { objects, deliver } = await openS3({
		...server,
		url: server.urlOf("bench"),
		clock: systemClock,
		delivery: "public",
	});
	await using _ = objects;
	const client = near(objects);
	await using door = await openDoor(objects);
	const key = await stageOne(client);
	const there = { key, mediaType: TYPE, fileName: "x", baseUrl: door.url };
	const direct = (await deliver?.(there)) ?? "";
	const through = await throughStaging(undefined)(there);
	const rate = await inTurns({
		bare: () => barePut(objects),
		staged: () => stageAndForget(client),
		direct: () => driveNumber({ kind: "download", url: direct }),
		through: () => driveNumber({ kind: "download", url: through }),
	});
	return [
		{
			name: "staging of 1 GiB on S3",
			value: rate("staged"),
			unit: "MiB/s",
			baseline: rate("bare"),
			goals: [{ at: "least", bound: 500, of: "value" }],
		},
		{
			name: "download of 1 GiB from S3, by staging",
			value: rate("through") / MIB,
			unit: "MiB/s",
			baseline: rate("direct") / MIB,
		},
	];
}

/** Medians of several figures by name, each taken once in every round. */
async function inTurns(
	works: Readonly<Record<string, () => Promise<number>>>,
): Promise<(name: string) => number> {
	const taken = new Map<string, number[]>();
	for (let round = 0; round < ROUNDS; round++)
		for (const [name, work] of Object.entries(works))
			taken.set(name, [...(taken.get(name) ?? []), await work()]);
	return (name) => quantile(taken.get(name) ?? [], 0.5);
}

type Staging = Client<typeof StagingService>;

const near = (objects: Objects): Staging =>
	link(StagingService, {
		routes: (router) =>
			router.service(StagingService, stagingService({ objects, maxBytes: 0 })),
	});

/** Staging as it is for a worker on another host. */
const withoutFile = (staging: Staging): Staging => ({
	...staging,
	async begin(request, options) {
		const { file: _, ...begun } = await staging.begin(request, options);
		return begun;
	},
});

/** MiB/s. */
async function stageAndForget(staging: Staging): Promise<number> {
	const from = performance.now();
	const key = await stageOne(staging);
	const rate = rateSince(from);
	await staging.delete({ keys: [key] });
	return rate;
}

/** Gives its key. */
async function stageOne(staging: Staging): Promise<string> {
	const request = create(RequestSchema, { id: newRequestId() });
	const attempt = openRunning().start(request, newStagingKey());
	const retrieved = { mediaType: TYPE, length: SIZE, stream: source() };
	const permits = openPermits(32);
	const context = {
		staging,
		log: openLog("warn", { out: process.stderr }),
		patienceMs: 0,
		permits,
	};
	await stage(context, attempt, retrieved);
	return attempt.stagingKey;
}

async function plainWrite(folder: string): Promise<number> {
	const path = join(folder, "plain");
	const from = performance.now();
	await using file = await open(path, "w");
	for await (const chunk of source()) await file.write(chunk);
	await file.sync();
	const rate = rateSince(from);
	await rm(path);
	return rate;
}

/** The same parts to the same server, and nothing else. */
async function barePut(objects: Objects): Promise<number> {
	const upload = { key: newStagingKey(), mediaType: TYPE, fileName: "x" };
	const from = performance.now();
	const begun = await objects.create(upload, SIZE);
	if (begun?.kind !== "parts") throw new Error("no parts");
	const { uploadId, partSize } = begun;
	const count = SIZE / partSize;
	const range = { first: 1, count };
	const urls = await objects.partUrls(upload.key, uploadId, range);
	const chunk = Buffer.alloc(CHUNK, "x");
	const part = Array.from({ length: partSize / CHUNK }, () => chunk);
	const parts = urls.map((_, at) => ({ number: at + 1, etag: "" }));
	const left = parts.values();
	const signal = new AbortController().signal;
	const sender = async (): Promise<void> => {
		for (const one of left) {
			const end = await putPart(urls[one.number - 1] ?? "", part, signal);
			if (end.kind !== "stored") throw new Error(end.why);
			one.etag = end.etag;
		}
	};
	await Promise.all(Array.from({ length: IN_FLIGHT }, sender));
	const arrived = { kind: "parts" as const, uploadId, parts };
	await objects.commit(upload.key, { length: SIZE }, arrived);
	const rate = rateSince(from);
	await objects.delete(upload.key);
	return rate;
}

const rateSince = (from: number): number =>
	SIZE / MIB / ((performance.now() - from) / 1000);

async function* source(): AsyncGenerator<Uint8Array> {
	const chunk = Buffer.alloc(CHUNK, "x");
	for (let at = 0; at < SIZE; at += CHUNK) yield chunk;
}

/** Staging's downloads on a port of their own. */
async function openDoor(objects: Objects) {
	const serve = downloadHandler({
		objects,
		log: openLog("warn", { out: process.stderr }),
	});
	const server = createServer((req, res) => {
		const name = basename(req.url ?? "");
		const { key, ext } = parseDownloadName(name) ?? { key: name, ext: "" };
		void serve(req, res, key, ext);
	}).listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = server.address();
	const port = typeof address === "object" ? address?.port : 0;
	return {
		url: `http://127.0.0.1:${port}`,
		async [Symbol.asyncDispose]() {
			server.close();
			server.closeAllConnections();
		},
	};
}
