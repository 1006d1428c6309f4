import { Client } from "minio";
import type { S3Server } from "../kit/s3.ts";

/** What lies in a bucket, asked of the S3 server itself. */
export interface Lying {
	/** Keys of results. */
	readonly results: ReadonlySet<string>;
	/** Keys of results of which facts lie apart. */
	readonly facts: ReadonlySet<string>;
	/** Uploads that were never completed. */
	readonly uploads: ReadonlySet<string>;
}

/** A client with all rights, that knows nothing of staging. */
export const ownerOf = ({ port, accessKey, secretKey }: S3Server): Client =>
	new Client({
		endPoint: "127.0.0.1",
		port,
		useSSL: false,
		accessKey,
		secretKey,
	});

export async function look(s3: S3Server, bucket: string): Promise<Lying> {
	const client = ownerOf(s3);
	const under = async (prefix: string): Promise<Set<string>> => {
		const keys = new Set<string>();
		for await (const { name } of client.listObjectsV2(bucket, prefix, true))
			keys.add(String(name).slice(prefix.length));
		return keys;
	};
	const uploads = new Set<string>();
	for await (const { key } of client.listIncompleteUploads(bucket, "", true))
		uploads.add(String(key));
	return {
		results: await under("results/"),
		facts: await under("facts/"),
		uploads,
	};
}
