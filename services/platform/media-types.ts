/** Ends of file names by media type, for the URL and for the clients that look at it. */
const EXTENSIONS: ReadonlyMap<string, string> = new Map([
	["application/x-grib", "grib"],
	["application/prs.coverage+json", "covjson"],
	["application/vnd.cov+json", "covjson"],
	["application/json", "json"],
	["application/geo+json", "geojson"],
	["application/x-netcdf", "nc"],
	["application/netcdf", "nc"],
	["application/zip", "zip"],
	["text/plain", "txt"],
	["text/csv", "csv"],
]);

/** The end of the file name that goes with a media type, without the dot; `bin` for any we have no word for. */
export const extensionOf = (mediaType: string): string =>
	EXTENSIONS.get(mediaType) ?? "bin";

/** What polytope-client takes. With any other type it fails, when it has read the whole result. */
const TAKEN: readonly string[] = [
	"application/x-grib",
	"application/prs.coverage+json",
	"application/octet-stream",
];

/**
 * The type under which a result goes out: its own where today's client takes it, or where `Accept` names it (or its
 * kind, `text/*`), else that of any bytes; its file name tells what it is.
 */
export function servedType(mediaType: string, accept = ""): string {
	if (TAKEN.includes(mediaType)) return mediaType;
	const kind = mediaType.replace(/\/.*$/, "/*");
	const named = accept
		.split(",")
		.map((range) => range.replace(/;.*$/, "").trim().toLowerCase());
	return named.includes(mediaType) || named.includes(kind)
		? mediaType
		: "application/octet-stream";
}
