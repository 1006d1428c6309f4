import { Client } from "minio";
import { httpStore } from "./http.ts";
import type { ObjectStore } from "./store.ts";

export interface BucketOptions {
	/** `https://s3.example.org`, without the bucket. */
	readonly endpoint: string;
	readonly region?: string | undefined;
	readonly accessKey: string;
	readonly secretKey: string;
	readonly bucket: string;
	/** Where in the bucket the Zarr lies: `era5/t2m.zarr`. */
	readonly prefix: string;
}

/** Seconds for which the URL of an object holds: it is used at once. */
const holds = 900;

/** A Zarr in a bucket of S3 that asks for credentials: each object by a URL that is presigned for it. */
export function bucketStore(options: BucketOptions): ObjectStore {
	const { endpoint, bucket, accessKey, secretKey } = options;
	const url = new URL(endpoint);
	const client = new Client({
		endPoint: url.hostname,
		useSSL: url.protocol === "https:",
		...(url.port !== "" && { port: Number(url.port) }),
		// Named, so that nobody asks the server for it.
		region: options.region ?? "us-east-1",
		accessKey,
		secretKey,
		pathStyle: true,
	});
	const prefix = options.prefix.replace(/^\/+|\/+$/g, "");
	const start = prefix === "" ? "" : `${prefix}/`;
	return httpStore(`${url.origin}/${bucket}/${prefix}`, {
		sign: (key) => client.presignedGetObject(bucket, `${start}${key}`, holds),
	});
}
