import type { Clock } from "../../platform/clock.ts";
import { parseS3Address } from "../../platform/s3-address.ts";
import type { Deliver } from "../delivery.ts";
import type { Objects } from "../objects.ts";
import { Bucket } from "./bucket.ts";
import { checkBucket } from "./check.ts";
import { S3Client, type S3Credentials } from "./client.ts";
import { presigned, publicObject } from "./deliver.ts";
import { namesUnder } from "./names.ts";
import { openS3Objects } from "./objects.ts";
import { publishResults } from "./publish.ts";

export interface S3Options extends S3Credentials {
	/** `s3://host:port/bucket/prefix?tls=false&region=…`, see s3-address.ts. */
	readonly url: string;
	readonly clock: Clock;
	/** How readers get results; without it through staging. */
	readonly delivery?: "staging" | "public" | "presigned";
	readonly publicUrl?: string | undefined;
	/** Milliseconds for which a presigned address is valid. */
	readonly linkMs?: number;
}

export interface S3Place {
	readonly objects: Objects;
	/** Addresses at S3 itself; undefined: readers come to staging. */
	readonly deliver: Deliver | undefined;
}

const HOUR_MS = 3_600_000;

/**
 * Staged results in a bucket, which is made when it is missing, and tried: what is not allowed is said now, not in the
 * middle of the first result.
 * @throws Error for the operator
 */
export async function openS3(options: S3Options): Promise<S3Place> {
	const { url, clock, delivery, publicUrl } = options;
	const address = parseS3Address(url);
	const names = namesUnder(address.prefix);
	const client = new S3Client(address, options);
	const bucket = new Bucket(client, address.bucket);
	const it = { client, bucket, names, address, publicUrl };
	await checkBucket(it);
	if (delivery === "public") await publishResults(it);
	return {
		objects: openS3Objects({ bucket, names, clock }),
		deliver: deliverOf(),
	};

	function deliverOf(): Deliver | undefined {
		if (delivery === "public") return publicObject(it);
		if (delivery !== "presigned") return undefined;
		const validMs = options.linkMs ?? HOUR_MS;
		return presigned({ ...it, credentials: options, validMs });
	}
}
