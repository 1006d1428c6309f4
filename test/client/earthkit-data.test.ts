import { expect, test } from "vitest";
import { startProduct } from "../kit/product.ts";
import { python } from "../kit/python.ts";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";
import { laptop } from "./clients.ts";

/** Points of the sample archive's octahedral grid O48: 4 · 48 · (48 + 9). */
const O48_POINTS = 10_944;

test("earthkit-data reads the values, from a file and from a stream", {
	timeout: INSTALL_TIMEOUT,
}, async () => {
	await python();
	await using person = await laptop();
	await using product = await startProduct();
	const field = {
		size: O48_POINTS,
		// Kelvin, near the ground, anywhere on Earth.
		min: expect.toSatisfy((t: number) => t > 180 && t < 273),
		mean: expect.toSatisfy((t: number) => t > 270 && t < 300),
		max: expect.toSatisfy((t: number) => t > 290 && t < 330),
	};
	const said = await person.script("notebook", product.url);
	expect(said).toEqual({ file: [field], stream: [field] });
});
