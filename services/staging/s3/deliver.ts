import { endpointOf, type S3Address } from "../../platform/s3-address.ts";
import type { Deliver } from "../delivery.ts";
import { S3Client, type S3Credentials } from "./client.ts";
import { servedHeaders } from "./facts.ts";
import type { Names } from "./names.ts";

interface Where {
	readonly address: S3Address;
	readonly names: Names;
	/** Address under which readers reach it, without a slash at its end. */
	readonly publicUrl: string | undefined;
}

/** The object itself, which anybody may read who knows its name. `publicUrl` stands for the bucket. */
export const publicObject = ({ address, names, publicUrl }: Where): Deliver => {
	const bucket = publicUrl ?? `${endpointOf(address)}/${address.bucket}`;
	return ({ key }) => `${bucket}/${names.result(key)}`;
};

/**
 * An address of S3 that is signed now and valid for a while. `publicUrl` stands for the S3 server; a path in it is put
 * before S3's own, for a proxy that takes it away and leaves the host name as it is.
 */
export function presigned({
	address,
	names,
	publicUrl,
	credentials,
	validMs,
}: Where & {
	readonly credentials: S3Credentials;
	readonly validMs: number;
}): Deliver {
	const door = new URL(publicUrl ?? endpointOf(address));
	// Used for signing alone: it never calls.
	const signer = new S3Client(
		{
			...address,
			host: door.hostname,
			port: Number(door.port),
			tls: door.protocol === "https:",
		},
		credentials,
	);
	const path = door.pathname.replace(/\/$/, "");
	return async (wanted) => {
		const headers = Object.entries(servedHeaders(wanted));
		const url = new URL(
			await signer.presignedGetObject(
				address.bucket,
				names.result(wanted.key),
				Math.floor(validMs / 1000),
				Object.fromEntries(
					headers.map(([name, value]) => [`response-${name}`, value]),
				),
			),
		);
		return `${url.origin}${path}${url.pathname}${url.search}`;
	};
}
