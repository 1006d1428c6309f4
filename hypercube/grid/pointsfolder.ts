import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readPointsFile } from "./pointsfile.ts";
import type { FindPoints } from "./unstructured.ts";

/** What a file of coordinates may end with. */
const endings = [".txt", ".csv", ""];

/**
 * Finds the points of unstructured grids in a folder of files of coordinates, named after the grid's UUID
 * (`a27b8de6-18c4-11e4-820a-b5b098c6a5c0.txt`, with or without hyphens) or its number and part (`26-1.csv`).
 */
export const pointsIn =
	(folder: string): FindPoints =>
	({ uuid, grid, part }) => {
		const hyphened = uuid.replace(
			/^(.{8})(.{4})(.{4})(.{4})(.{12})$/,
			"$1-$2-$3-$4-$5",
		);
		for (const name of [hyphened, uuid, `${grid}-${part}`])
			for (const ending of endings) {
				const text = contents(join(folder, `${name}${ending}`));
				if (text !== undefined) return readPointsFile(text);
			}
		return undefined;
	};

/** Undefined where there is no such file. */
function contents(path: string): string | undefined {
	try {
		return readFileSync(path, "utf8");
	} catch (error) {
		if (error instanceof Error && "code" in error && error.code === "ENOENT")
			return undefined;
		throw error;
	}
}
