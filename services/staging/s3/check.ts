import { newStagingKey } from "../../platform/ids.ts";
import { endpointOf, type S3Address } from "../../platform/s3-address.ts";
import type { Bucket } from "./bucket.ts";
import type { S3Client } from "./client.ts";
import { codeOf } from "./faults.ts";
import type { Names } from "./names.ts";

interface Checked {
	readonly client: S3Client;
	readonly bucket: Bucket;
	readonly names: Names;
	readonly address: S3Address;
}

/**
 * Makes the bucket when it is missing, and tries everything that staging will do in it.
 * @throws Error with all that failed, one line each
 */
export async function checkBucket(it: Checked): Promise<void> {
	await makeBucket(it);
	const failures = await tryRights(it);
	if (failures.length === 0) return;
	throw new Error(
		[
			`staging.url: bucket '${it.bucket.name}' at ${endpointOf(it.address)} does not let us work:`,
			...failures,
		].join("\n  "),
	);
}

async function makeBucket({ client, address }: Checked): Promise<void> {
	const { bucket, region } = address;
	const where = `bucket '${bucket}' at ${endpointOf(address)}`;
	try {
		if (await client.bucketExists(bucket)) return;
	} catch (reason) {
		// Who may use a bucket need not be allowed to look at it: the trial will tell.
		if (codeOf(reason) === "AccessDenied") return;
		throw new Error(
			`staging.url: ${where} cannot be reached: ${show(reason)}`,
			{
				cause: reason,
			},
		);
	}
	try {
		await client.makeBucket(bucket, region);
	} catch (reason) {
		// Another process may have been faster; servers say so in different ways.
		if (await client.bucketExists(bucket).catch(() => false)) return;
		throw new Error(
			`staging.url: ${where} does not exist and cannot be made: ${show(reason)}`,
			{ cause: reason },
		);
	}
}

/** Each right by its S3 name, and what tries it, in this order. */
async function tryRights({ bucket, names }: Checked): Promise<string[]> {
	const name = names.probe(newStagingKey());
	const rights: [string, () => Promise<unknown>][] = [
		["s3:PutObject", () => bucket.put(name, Buffer.from("probe"))],
		["s3:GetObject", () => bucket.read(name)],
		["s3:ListBucket", () => Array.fromAsync(bucket.list(name))],
		["s3:DeleteObject", () => bucket.remove([name])],
		[
			"s3:PutObject, s3:AbortMultipartUpload (upload in parts)",
			async () => bucket.abort(name, await bucket.begin(name)),
		],
		[
			"s3:ListBucketMultipartUploads",
			() => Array.fromAsync(bucket.uploads(name)),
		],
		[
			"s3:ListMultipartUploadParts",
			async () => {
				const upload = await bucket.begin(name);
				try {
					await bucket.parts(name, upload);
				} finally {
					await bucket.abort(name, upload);
				}
			},
		],
	];
	const failures: string[] = [];
	for (const [right, work] of rights) {
		try {
			await work();
		} catch (reason) {
			failures.push(`${right}: ${show(reason)}`);
		}
	}
	return failures;
}

function show(reason: unknown): string {
	if (!(reason instanceof Error)) return String(reason);
	const code = codeOf(reason);
	const text = reason.message || "no reason given";
	return code === "" || text.includes(code) ? text : `${code}: ${text}`;
}
