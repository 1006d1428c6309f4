import { join } from "node:path";
import { askedOf } from "../../hypercube/feature/asked.ts";
import type { ShapeFile } from "../../hypercube/feature/draft.ts";
import type { Place } from "../../hypercube/feature/feature.ts";
import { parseFeature } from "../../hypercube/feature/parse.ts";
import type { Mapping } from "../../hypercube/mars/document.ts";
import { draw } from "./draw.ts";
import { type Example, examples, requestOf } from "./pages.ts";
import { type Scene, sampleGrid, sceneOf } from "./scene.ts";

const PICTURES = join(import.meta.dirname, "../../docs/pictures");

/** A picture of a page, and the request whose points it shows. */
export interface Picture {
	readonly name: string;
	readonly file: string;
	readonly example: Example;
	readonly scene: Scene;
	readonly svg: string;
}

/** Pictures beside the first of a page: which request they show. */
const FURTHER: readonly (readonly [page: string, at: number, name: string])[] =
	[
		["polygon", 1, "polygon-seam"],
		["trajectory", 2, "trajectory-sampled"],
	];

/** All pictures of the pages on features, drawn from the requests that stand there. */
export async function pictures(): Promise<Picture[]> {
	const all = examples();
	const grid = sampleGrid();
	const drawn: Picture[] = [];
	for (const example of all) {
		if (example.kind !== "json") continue;
		const name =
			example.at === 0
				? example.page
				: FURTHER.find(
						([page, at]) => page === example.page && at === example.at,
					)?.[2];
		if (name === undefined) continue;
		const { feature, keys } = askedOf(requestOf(example));
		const load = async () => shapeOf(all, example.page);
		const compiled = await parseFeature(feature, keys, { load });
		const scene = sceneOf(grid, compiled, pathOf(feature));
		const title = `Points of a grid that the ${example.page} selects`;
		drawn.push({
			name,
			file: join(PICTURES, `feature-${name}.svg`),
			example,
			scene,
			svg: draw(scene, title),
		});
	}
	return drawn;
}

/** The file that a page shows. */
export function shapeOf(
	all: readonly Example[],
	page: string,
): ShapeFile | undefined {
	const file = all.find((one) => one.page === page && one.kind === "geojson");
	return (
		file && { format: "geojson", bytes: new TextEncoder().encode(file.text) }
	);
}

/** Vertices of a corridor, latitude first. */
function pathOf({ type, points }: Mapping): Place[] {
	if (type !== "trajectory" || !Array.isArray(points)) return [];
	return points.map((vertex: readonly unknown[]) => ({
		latitude: Number(vertex[0]),
		longitude: Number(vertex[1]),
	}));
}
