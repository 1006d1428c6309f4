import { expect, test } from "vitest";
import { startProduct } from "../kit/product.ts";
import { python } from "../kit/python.ts";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";
import { laptop } from "./clients.ts";

/** Of every feature: how many values came, none of which is another than the whole field has at its coordinates. */
const exactly = (count: number) => ({ file: [count, 0], stream: [count, 0] });

test("earthkit-data makes xarrays of features, whose values are those of the fields, from a file and from a stream", {
	timeout: INSTALL_TIMEOUT,
}, async () => {
	await python();
	await using person = await laptop();
	await using product = await startProduct();
	const said = await person.script("features", product.url, 240_000);
	expect(said).toEqual({
		timeseries: exactly(2 * 2 * 5),
		verticalprofile: exactly(2 * 4),
		boundingbox: exactly(2 * 96),
		polygon: exactly(2 * 54),
		circle: exactly(2 * 12),
		trajectory: exactly(2 * 14),
	});
});
