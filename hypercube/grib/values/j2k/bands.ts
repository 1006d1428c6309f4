import { type Codestream, Unread } from "./codestream.ts";
import { TagTree } from "./tagtree.ts";

/** Which way a sub-band is high-pass: neither, along rows, along columns, both. */
export type Orientation = "LL" | "HL" | "LH" | "HH";

/** A rectangle of coefficients that are coded together. */
export interface CodeBlock {
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
	/** Bit planes that are coded, in how many passes; none where no packet tells of it. */
	planes: number;
	passes: number;
	octets: Uint8Array;
}

export interface Band {
	readonly orientation: Orientation;
	readonly width: number;
	readonly height: number;
	readonly planes: number;
	readonly columns: number;
	readonly blocks: readonly CodeBlock[];
	readonly inclusion: TagTree;
	readonly zeroPlanes: TagTree;
}

/** A resolution: the size of the image there, and the sub-bands that lead to it. */
export interface Resolution {
	readonly width: number;
	readonly height: number;
	readonly bands: readonly Band[];
}

const nothing = new Uint8Array();
/** Eight million points in blocks of eleven by eleven: encoders take sixty-four. */
const mostBlocks = 1 << 16;

/** The resolutions of an image, from the lowest one on (annex B.5). */
export function resolutionsOf(image: Codestream): readonly Resolution[] {
	const { levels, width, height } = image;
	if (width * height > mostBlocks * image.blockWidth * image.blockHeight)
		throw new Unread("many small code-blocks");
	return Array.from({ length: levels + 1 }, (_, r) => {
		const scale = 2 ** (levels - r);
		const size = {
			width: Math.ceil(width / scale),
			height: Math.ceil(height / scale),
		};
		const band = (orientation: Orientation, number: number): Band =>
			bandOf(image, orientation, { ...size, number });
		const bands =
			r === 0
				? [band("LL", 0)]
				: (["HL", "LH", "HH"] as const).map((kind, n) =>
						band(kind, 3 * r - 2 + n),
					);
		return { ...size, bands };
	});
}

function bandOf(
	{ blockWidth, blockHeight, planes }: Codestream,
	orientation: Orientation,
	of: { width: number; height: number; number: number },
): Band {
	const half = (size: number, high: boolean): number =>
		high ? Math.floor(size / 2) : Math.ceil(size / 2);
	const whole = orientation === "LL";
	const width = whole ? of.width : half(of.width, orientation !== "LH");
	const height = whole ? of.height : half(of.height, orientation !== "HL");
	const columns = Math.ceil(width / blockWidth);
	const rows = Math.ceil(height / blockHeight);
	return {
		orientation,
		width,
		height,
		planes: planes[of.number] ?? 0,
		columns,
		blocks: Array.from({ length: columns * rows }, (_, at) => {
			const x = (at % columns) * blockWidth;
			const y = Math.floor(at / columns) * blockHeight;
			return {
				x,
				y,
				width: Math.min(blockWidth, width - x),
				height: Math.min(blockHeight, height - y),
				planes: 0,
				passes: 0,
				octets: nothing,
			};
		}),
		inclusion: new TagTree(columns, rows),
		zeroPlanes: new TagTree(columns, rows),
	};
}
