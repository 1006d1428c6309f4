import { expect, test } from "vitest";
import { formatOf } from "./format.ts";

test.each([
	[undefined, undefined, "application/prs.coverage+json", "polytope"],
	["covjson", undefined, "application/prs.coverage+json", "polytope"],
	["CoverageJSON", "OGC", "application/prs.coverage+json", "ogc"],
	[
		"application/prs.coverage+json",
		"polytope",
		"application/prs.coverage+json",
		"polytope",
	],
	["application/vnd.cov+json", undefined, "application/vnd.cov+json", "ogc"],
	["csv", undefined, "text/csv", undefined],
	[" text/csv", undefined, "text/csv", undefined],
	["geojson", undefined, "application/geo+json", undefined],
	["NetCDF", undefined, "application/x-netcdf", undefined],
	["application/x-netcdf", undefined, "application/x-netcdf", undefined],
	["application/netcdf", undefined, "application/netcdf", undefined],
])("format %s, profile %s is %s", (format, profile, mediaType, wanted) => {
	expect(formatOf(format, profile)).toMatchObject({ mediaType });
	expect(formatOf(format, profile).profile).toBe(wanted);
});

test("a collection may decide the profile where a request does not", () => {
	expect(formatOf("covjson", undefined, "ogc").profile).toBe("ogc");
	expect(formatOf("covjson", "polytope", "ogc").profile).toBe("polytope");
});

test("what is not known is refused with what there is, all at once", () => {
	expect(() => formatOf("hdf5", "inspire")).toThrow(
		"format: hdf5 is not known; there are covjson, coveragejson, application/prs.coverage+json, " +
			"application/vnd.cov+json, csv, text/csv, geojson, application/geo+json, netcdf, application/x-netcdf, application/netcdf\n" +
			"profile: inspire is not known; there are polytope, ogc",
	);
});

test("a profile that a format has not is refused, not ignored", () => {
	expect(() => formatOf("csv", "ogc")).toThrow(
		"profile: ogc does not go with text/csv",
	);
	expect(() => formatOf("application/vnd.cov+json", "polytope")).toThrow(
		"profile: polytope does not go with application/vnd.cov+json",
	);
});
