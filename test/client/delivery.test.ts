import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startProduct } from "../kit/product.ts";
import { python } from "../kit/python.ts";
import { type S3Server, startS3 } from "../kit/s3.ts";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";
import { laptop } from "./clients.ts";

const FIELD = { shortName: "2t", dataDate: "20250101", stepRange: "0" };
/** Points of the sample archive's octahedral grid O48: 4 · 48 · (48 + 9). */
const O48_POINTS = 10_944;
const UUID = "[0-9a-f]{8}-[0-9a-f-]{27}";

let server: S3Server;
beforeAll(async () => {
	await python();
	server = await startS3();
}, INSTALL_TIMEOUT);
afterAll(() => server[Symbol.asyncDispose]());

interface Answer {
	readonly status: number;
	readonly length?: number;
	readonly [header: string]: string | number | undefined;
}
interface Said {
	readonly name: string;
	readonly pointer: Readonly<Record<string, string>>;
	readonly get: Answer;
	readonly range: Answer;
	readonly head: Answer;
}

/**
 * Each way of delivery: where readers are sent, and whether they may ask with HEAD there. S3 signs an address for GET
 * alone; the clients live with that, for GRIB.
 */
test.each([
	["staging", /^http:\/\/127\.0\.0\.1:\d+\/api\/v1\/downloads\//, 200],
	["public", /^http:\/\/127\.0\.0\.1:\d+\/for-public\/results\/[\w-]+$/, 200],
	["presigned", /\/for-presigned\/results\/[\w-]+\?.*X-Amz-Signature=/, 403],
])(
	"%s delivery serves the real clients",
	{
		timeout: 120_000,
	},
	async (delivery, location, head) => {
		await using person = await laptop();
		const config = join(person.home, "s3.yaml");
		await writeFile(config, configFor(delivery));
		await using product = await startProduct({
			config: [config],
			env: { S3_SECRET_KEY: server.secretKey },
		});
		const said = await person.script("delivery", product.url);
		expect(said).toMatchObject({
			named: [FIELD],
			unnamed: [FIELD],
			name: expect.stringMatching(`^${UUID}\\.grib$`),
			pointer: {
				location: expect.stringMatching(location),
				contentType: "application/x-grib",
			},
			get: { status: 200 },
			range: { status: 206, length: 4 },
			head: { status: head },
			file: [O48_POINTS],
			stream: [O48_POINTS],
		});
		expect(said).toSatisfy(hasTrueHeaders);
	},
);

const configFor = (delivery: string): string => `
staging:
  url: ${server.urlOf(`for-${delivery}`)}
  access_key: ${server.accessKey}
  secret_key: \${S3_SECRET_KEY}
  delivery: ${delivery}
`;

/** Whoever serves it: exact type and length, a file name, a validator, and ranges that are offered and kept. */
function hasTrueHeaders({ get, range, head, pointer }: Said): boolean {
	const whole = lowered(get);
	expect(whole).toMatchObject({
		"content-type": "application/x-grib",
		"content-length": pointer.contentLength,
		"content-disposition": expect.stringMatching(
			`^attachment; filename="${UUID}\\.grib"$`,
		),
		"accept-ranges": "bytes",
		etag: expect.stringMatching(/^"[0-9a-f]+"$/),
	});
	expect(whole.length).toBe(Number(pointer.contentLength));
	expect(lowered(range)).toMatchObject({
		"content-range": `bytes 0-3/${pointer.contentLength}`,
		etag: whole.etag,
	});
	if (head.status !== 200) return true;
	expect(lowered(head)).toMatchObject({
		"content-type": "application/x-grib",
		"content-length": pointer.contentLength,
		etag: whole.etag,
	});
	return true;
}

const lowered = (answer: Answer): Answer => ({
	...Object.fromEntries(
		Object.entries(answer).map(([name, value]) => [name.toLowerCase(), value]),
	),
	status: answer.status,
});
