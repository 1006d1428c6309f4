import { expect, test } from "vitest";
import { formatOf } from "../coverage/format.ts";
import { parseFeature } from "../feature/parse.ts";
import { healpixGrid } from "../grid/healpix.ts";
import type { Mapping } from "../mars/document.ts";
import { answer } from "./answer.ts";
import type { Field } from "./field.ts";

const grid = healpixGrid({ side: 4, nested: false, points: 192 }, "h4");
const FIELDS = 200;

/** Fields of many levels that count how often they are asked for what they cost. */
function counted() {
	const asked = { times: 0 };
	const cost = () => {
		asked.times += 1;
		return { bytes: 1, cold: 1 };
	};
	const fields = Array.from(
		{ length: FIELDS },
		(_, level): Field => ({
			keys: { param: "130", date: "20250101", step: "0", levelist: `${level}` },
			grid: () => grid,
			cost,
			read: () => {},
		}),
	);
	return { asked, fields };
}

const path = [
	[0, 0, 0],
	[40, 90, 199],
];
const features: readonly Mapping[] = [
	{ type: "position", points: [[1, 1]] },
	{
		type: "boundingbox",
		points: [
			[60, 0],
			[-60, 300],
		],
	},
	{
		type: "trajectory",
		points: path,
		inflation: ["3000 km", "3000 km", 300],
		axes: ["latitude", "longitude", "levelist"],
	},
	{
		type: "trajectory",
		points: Array(200).fill(path[0]),
		sample: true,
		axes: ["latitude", "longitude", "levelist"],
	},
];

test.each(
	features.map(
		(feature) => [JSON.stringify(feature).slice(0, 60), feature] as const,
	),
)("working out %s can be stopped anywhere", async (_, feature) => {
	const compiled = await parseFeature(feature, {}, {});
	const format = formatOf(undefined, undefined, "polytope");
	let checks = 0;
	const whole = counted();
	await answer({ ...whole, compiled, format, check: () => void checks++ });
	expect(checks).toBeGreaterThan(1.5 * FIELDS);
	const stopAt = checks - 50;
	const cut = counted();
	let left = stopAt;
	const check = (): void => {
		left -= 1;
		if (left < 0) throw new Error("stopped");
	};
	await expect(answer({ ...cut, compiled, format, check })).rejects.toThrow(
		"stopped",
	);
	expect(cut.asked.times).toBeLessThan(whole.asked.times);
});
