/** Ends of file names by media type, for the URL and for the clients that look at it. */
const EXTENSIONS: ReadonlyMap<string, string> = new Map([
	["application/x-grib", "grib"],
	["application/prs.coverage+json", "covjson"],
	["application/vnd.cov+json", "covjson"],
	["application/json", "json"],
	["application/geo+json", "geojson"],
	["application/x-netcdf", "nc"],
	["application/zip", "zip"],
	["text/plain", "txt"],
	["text/csv", "csv"],
]);

/** The end of the file name that goes with a media type, without the dot; `bin` for any we have no word for. */
export const extensionOf = (mediaType: string): string =>
	EXTENSIONS.get(mediaType) ?? "bin";
