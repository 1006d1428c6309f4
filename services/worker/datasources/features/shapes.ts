import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ShapeFile } from "../../../../hypercube/feature/draft.ts";

/** What a name may be followed by in the folder, and what that is. */
const FORMATS = [
	["", undefined],
	[".geojson", "geojson"],
	[".json", "geojson"],
	[".wkt", "wkt"],
	[".shp", "shp"],
] as const;

/** Shapes of a folder by name: `europe`, or `europe.geojson`. A name is never a path. */
export const shapesIn =
	(folder: string) =>
	async (name: string): Promise<ShapeFile | undefined> => {
		if (!/^[\p{L}\p{N}_][\p{L}\p{N}_. -]*$/u.test(name)) return undefined;
		for (const [ending, known] of FORMATS) {
			const file = `${name}${ending}`;
			const format = known ?? formatOf(file);
			if (format === undefined) continue;
			const bytes = await contents(join(folder, file));
			if (bytes) return { format, bytes };
		}
		return undefined;
	};

const formatOf = (file: string): ShapeFile["format"] | undefined =>
	FORMATS.find(([ending]) => ending !== "" && file.endsWith(ending))?.[1];

/** Undefined where there is no such file. */
async function contents(path: string): Promise<Uint8Array | undefined> {
	try {
		return await readFile(path);
	} catch (error) {
		const code = error instanceof Error && "code" in error ? error.code : "";
		if (code === "ENOENT" || code === "EISDIR") return undefined;
		throw error;
	}
}
