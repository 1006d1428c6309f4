import type { Clock } from "../../platform/clock.ts";
import { parseS3Address } from "../../platform/s3-address.ts";
import type { Objects } from "../objects.ts";
import { Bucket } from "./bucket.ts";
import { checkBucket } from "./check.ts";
import { S3Client, type S3Credentials } from "./client.ts";
import { namesUnder } from "./names.ts";
import { openS3Objects } from "./objects.ts";

export interface S3Options extends S3Credentials {
	/** `s3://host:port/bucket/prefix?tls=false&region=…`, see address.ts. */
	readonly url: string;
	readonly clock: Clock;
}

/**
 * Staged results in a bucket, which is made when it is missing, and tried: what is not allowed is said now, not in the
 * middle of the first result.
 * @throws Error for the operator
 */
export async function openS3({
	url,
	clock,
	...credentials
}: S3Options): Promise<Objects> {
	const address = parseS3Address(url);
	const names = namesUnder(address.prefix);
	const client = new S3Client(address, credentials);
	const bucket = new Bucket(client, address.bucket);
	await checkBucket({ client, bucket, names, address });
	return openS3Objects({ bucket, names, clock });
}
