import { createHash } from "node:crypto";

/** Where some files lie that are not on this machine, as a `path` says it. */
export type RemotePlace = HttpPlace | S3Place;

/** One object behind HTTP: nothing can be listed there. */
export interface HttpPlace {
	readonly kind: "http";
	/** What it is called wherever somebody may read it: without its query, which may hold a secret. */
	readonly name: string;
	readonly url: string;
}

/** Objects in a bucket. */
export interface S3Place {
	readonly kind: "s3";
	/** `s3://host:port/bucket/`, as the names of its objects begin. */
	readonly start: string;
	/** `https://host:port`. */
	readonly endpoint: string;
	readonly region: string;
	readonly bucket: string;
	/** An object's key, a prefix of keys up to a slash, or a pattern of either; empty: all of the bucket. */
	readonly pattern: string;
}

/** What people and logs are told of a file: the hash of a query could be guessed at. */
export const toldName = (path: string): string =>
	path.startsWith("s3:") ? path : (path.split("#")[0] ?? "");

const form =
	"expected s3://host[:port]/bucket[/key, prefix or pattern], with tls=false or region=NAME in its query where they are needed";
/** What S3 calls the region of who has none; servers other than AWS take it. */
const noRegion = "us-east-1";

/** Whether a path leads to another machine. */
export const isRemote = (path: string): boolean =>
	!path.startsWith("/") && /^(?:https?|s3):\/\//i.test(path);

/** @throws Error that says what is wrong, without the path's query. */
export function remotePlace(path: string): RemotePlace {
	const url = URL.parse(path);
	if (url === null || url.hostname === "")
		throw new Error("a URL that cannot be understood");
	if (url.username !== "" || url.password !== "")
		throw new Error("credentials do not stand in URLs");
	if (url.protocol === "s3:") return s3Place(url);
	// Two queries mean two objects, and say nothing of what they are.
	const query = url.search === "" ? "" : `#${hashOf(url.search)}`;
	return {
		kind: "http",
		name: `${url.origin}${url.pathname}${query}`,
		url: url.href,
	};
}

function s3Place(url: URL): S3Place {
	const [, bucket = "", ...rest] = url.pathname.split("/");
	if (bucket === "") throw new Error(form);
	const secure = url.searchParams.get("tls") !== "false";
	return {
		kind: "s3",
		start: `s3://${url.host}/${bucket}/`,
		endpoint: `${secure ? "https" : "http"}://${url.host}`,
		region: url.searchParams.get("region") ?? noRegion,
		bucket,
		pattern: rest.map(decodeURIComponent).join("/"),
	};
}

const hashOf = (text: string): string =>
	createHash("sha256").update(text).digest("hex").slice(0, 12);
