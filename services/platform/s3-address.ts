/** Where results lie on S3: `s3://host[:port]/bucket[/prefix][?tls=false][&region=NAME]`. */
export interface S3Address {
	readonly host: string;
	/** 0: the protocol's own. */
	readonly port: number;
	readonly bucket: string;
	/** Empty, or with a slash at its end. */
	readonly prefix: string;
	readonly tls: boolean;
	readonly region: string;
}

/** What S3 calls the region of who has none; servers other than AWS take it. */
const NO_REGION = "us-east-1";
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const PREFIX = /^([A-Za-z0-9!_.*'()-]+\/)*$/;

export const S3_FORM =
	"expected s3://host[:port]/bucket[/prefix], with tls=false or region=NAME in its query where they are needed";

/** @throws Error that says which part of the address is wrong. */
export function parseS3Address(text: string): S3Address {
	const url = URL.parse(text);
	if (url?.protocol !== "s3:" || url.hostname === "") throw new Error(S3_FORM);
	if (url.username !== "" || url.password !== "")
		throw new Error(
			"credentials stand in 'access_key' and 'secret_key', not in the URL",
		);
	const [, bucket = "", ...folders] = url.pathname.split("/");
	if (!BUCKET.test(bucket))
		throw new Error(
			`'${bucket}' is no name of a bucket (3 to 63 small letters, digits, dots and dashes); ${S3_FORM}`,
		);
	const prefix = folders
		.filter((folder) => folder !== "")
		.map((folder) => `${folder}/`)
		.join("");
	if (!PREFIX.test(prefix))
		throw new Error(`'${prefix}' has letters that a prefix cannot have`);
	const { tls = "true", region = NO_REGION, ...strange } = queryOf(url);
	const [name] = Object.keys(strange);
	if (name !== undefined)
		throw new Error(`there is no '${name}'; known are 'tls' and 'region'`);
	if (tls !== "true" && tls !== "false")
		throw new Error("'tls' is true or false");
	if (!/^[A-Za-z0-9-]+$/.test(region))
		throw new Error(`'${region}' is no name of a region`);
	return {
		host: url.hostname,
		port: Number(url.port),
		bucket,
		prefix,
		tls: tls === "true",
		region,
	};
}

const queryOf = (url: URL): Record<string, string | undefined> =>
	Object.fromEntries(url.searchParams);

/** The address of the server alone, as HTTP has it. */
export const endpointOf = ({ tls, host, port }: S3Address): string =>
	`${tls ? "https" : "http"}://${host}${port === 0 ? "" : `:${port}`}`;
