import { expect, test } from "vitest";
import { checkFeature } from "./feature.ts";

const datasource = { type: "features", settings: {} } as const;

test("what is wrong with a feature is told beside what is wrong with its format", async () => {
	const request = {
		format: "csv",
		profile: "ogc",
		feature: { type: "circle", center: [["95", "0"]], radius: "-1" },
	};
	const told = await checkFeature({ request, datasource }).catch(String);
	expect(told).toMatch(/profile: ogc/);
	expect(told).toMatch(/95/);
	expect(told).toMatch(/radius/);
});

test("a shape by name is looked at where the shapes are", async () => {
	const request = { feature: { type: "shapefile", file: "alps" } };
	await checkFeature({ request, datasource });
	const wrong = { ...request, format: "docx" };
	await expect(checkFeature({ request: wrong, datasource })).rejects.toThrow(
		/format: docx/,
	);
});
