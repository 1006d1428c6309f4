import type { Field } from "../../hypercube/grib/write/field.ts";
import { writeMessage } from "../../hypercube/grib/write/message.ts";
import { parameterCodings } from "../../hypercube/grib/write/parameter.ts";
import { octahedralGrid } from "../../hypercube/grid/octahedral.ts";

const grid = octahedralGrid(2);

/** A small GRIB message whose values begin with `mark`, so that no two are alike. */
export const field = (change: Partial<Field> = {}, mark = 1): Buffer =>
	Buffer.from(
		writeMessage({
			class: "od",
			stream: "oper",
			type: "fc",
			expver: "0001",
			date: "20250101",
			time: "0000",
			step: 0,
			parameter: parameterCodings["2t"],
			grid,
			values: Float64Array.from({ length: grid.size }, (_, i) => mark + i),
			...change,
		}),
	);

/** What a request says of one such field. */
export const FIELD = {
	class: "od",
	stream: "oper",
	type: "fc",
	expver: "0001",
	levtype: "sfc",
	param: "2t",
	date: "20250101",
	time: "0000",
	step: "0",
} as const;

/** Where a section of a GRIB 2 message begins. */
export function sectionAt(message: Buffer, number: number): number {
	for (let at = 16; at < message.length; at += message.readUInt32BE(at))
		if (message[at + 4] === number) return at;
	throw new Error(`no section ${number}`);
}
