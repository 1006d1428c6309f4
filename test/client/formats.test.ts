import { expect, test } from "vitest";
import { startProduct } from "../kit/product.ts";
import { python } from "../kit/python.ts";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";
import { laptop } from "./clients.ts";

test("polytope-client saves formats whose types it does not know", {
	timeout: INSTALL_TIMEOUT,
}, async () => {
	await python();
	await using person = await laptop();
	await using product = await startProduct();
	expect(await person.script("formats", product.url)).toEqual({
		netcdf: {
			sizes: { timeseries: 1, time: 4 },
			same: [true, true],
			"2t": true,
		},
		csv: "latitude,longitude,level,time,step,number,reference,2t [K],msl [Pa]\r\n",
		geojson: '{"type":"FeatureCollection"',
		wrong: {
			type: "HTTPResponseError",
			text: expect.stringMatching(/hdf5 is not known; there are covjson/),
		},
	});
});
