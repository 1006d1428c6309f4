import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ShapeFile } from "./draft.ts";
import { isShapeName } from "./shapefile.ts";

/** Endings of files that are read, in the order in which a bare name finds them. */
const FORMATS: readonly (readonly [string, ShapeFile["format"]])[] = [
	[".geojson", "geojson"],
	[".json", "geojson"],
	[".wkt", "wkt"],
	[".shp", "shp"],
];

/** No shape is read that is longer, octets. */
const LONGEST = 256 * 2 ** 20;

/**
 * Loads shapes from one folder by name, with or without the file's ending. The name is compared to what the folder holds,
 * so that whatever it says it leads nowhere else.
 */
export function shapesIn(
	folder: string,
): (name: string) => Promise<ShapeFile | undefined> {
	return async (name) => {
		if (!isShapeName(name)) return undefined;
		const files = new Set(await readdir(folder));
		for (const [ending, format] of FORMATS)
			for (const file of [name, `${name}${ending}`])
				if (file.toLowerCase().endsWith(ending) && files.has(file)) {
					const path = join(folder, file);
					if ((await stat(path)).size > LONGEST)
						throw new Error(
							`the shape ${file} is longer than ${LONGEST} octets`,
						);
					return { format, bytes: await readFile(path) };
				}
		return undefined;
	};
}
