import { Bucket, type S3Keys } from "../../archive/remote/bucket.ts";
import type { S3Place } from "../../archive/remote/place.ts";
import { httpStore } from "./http.ts";
import type { ObjectStore } from "./store.ts";

/** A Zarr in a bucket of S3: each object by a URL that is presigned for it; without keys, as anybody reads it. */
export function bucketStore(
	place: S3Place,
	keys: S3Keys | undefined,
): ObjectStore {
	const bucket = new Bucket(place, keys);
	const prefix = place.pattern.replace(/^\/+|\/+$/g, "");
	const start = prefix === "" ? "" : `${prefix}/`;
	return httpStore(`${place.endpoint}/${place.bucket}/${prefix}`, {
		sign: (key) => bucket.urlOf(`${start}${key}`),
	});
}
