import { uint } from "../../hypercube/grib/octets.ts";
import { writeMessage } from "../../hypercube/grib/write/message.ts";
import { parameterCodings } from "../../hypercube/grib/write/parameter.ts";
import { octahedralGrid } from "../../hypercube/grid/octahedral.ts";
import { openGrid } from "../../hypercube/grid/open.ts";

/** What tells the benchmark's messages apart. */
export interface Labels {
	readonly step: number;
	readonly member?: number;
	/** hPa. */
	readonly level?: number;
	/** Tells archives apart: four characters. */
	readonly expver?: string;
}

/** Octets from the beginning of the product section (templates 4.0 and 4.1). */
const stepAt = 18;
const levelAt = 24;
const memberAt = 35;
/** Octets from the beginning of ECMWF's local section. */
const expverAt = 13;

/** A message of which others are made: the same but for labels, so that values are packed once. */
export class Template {
	readonly bytes: Uint8Array;
	/** Where the packed values begin. */
	readonly dataOffset: number;
	readonly #local: number;
	readonly #product: number;

	constructor(bytes: Uint8Array) {
		this.bytes = bytes;
		this.#local = sectionAt(bytes, 2);
		this.#product = sectionAt(bytes, 4);
		this.dataOffset = sectionAt(bytes, 7) + 5;
	}

	/** The index of the point that lies nearest to a place. */
	nearest(latitude: number, longitude: number): number {
		const at = sectionAt(this.bytes, 3);
		const octets = this.bytes.subarray(at, at + uint(this.bytes, at, 4));
		const [hit] = openGrid({ edition: 2, octets }).nearest(latitude, longitude);
		return hit?.index ?? 0;
	}

	/** Labels the message itself: its octets are another field's from now on. */
	label({ step, member, level, expver }: Labels): Uint8Array {
		const view = new DataView(this.bytes.buffer, this.bytes.byteOffset);
		view.setUint32(this.#product + stepAt, step);
		if (level !== undefined)
			view.setUint32(this.#product + levelAt, level * 100);
		if (member !== undefined)
			view.setUint8(this.#product + memberAt, member % 256);
		if (expver !== undefined)
			this.bytes.set(Buffer.from(expver), this.#local + expverAt);
		return this.bytes;
	}
}

function sectionAt(bytes: Uint8Array, wanted: number): number {
	let at = 16;
	while (uint(bytes, at + 4, 1) !== wanted) at += uint(bytes, at, 4);
	return at;
}

/** A field on O1280 with 16 bits a value: 2 m temperature of a forecast, of a member, or temperature on a level. */
export function o1280Template(kind: "forecast" | "member" | "level"): Template {
	const grid = octahedralGrid(1280);
	return new Template(
		writeMessage({
			class: "od",
			expver: "0001",
			date: "20250101",
			time: "0000",
			step: 0,
			...(kind === "member"
				? { stream: "enfo", type: "pf", member: { number: 1, total: 50 } }
				: { stream: "oper", type: "fc" }),
			parameter: parameterCodings[kind === "level" ? "t" : "2t"],
			...(kind === "level" && { level: 1000 }),
			grid,
			values: weather(grid),
		}),
	);
}

/** Kelvin: waves around the globe, and noise, so that packed values are as rough as real ones. */
function weather({
	latitudes,
	pl,
	size,
}: ReturnType<typeof octahedralGrid>): Float64Array {
	const values = new Float64Array(size);
	let at = 0;
	let noise = 12345;
	for (const [row, count] of pl.entries()) {
		const latitude = ((latitudes[row] ?? 0) * Math.PI) / 180;
		const mean = 300 - 50 * Math.sin(latitude) ** 2;
		const swing = 8 * Math.cos(latitude);
		for (let column = 0; column < count; column++) {
			noise = (noise * 1103515245 + 12345) % 2 ** 31;
			const wave = Math.sin((column / count) * 10 * Math.PI + 3 * latitude);
			values[at++] = mean + swing * wave + noise / 2 ** 31;
		}
	}
	return values;
}
