import { formatOf } from "../hypercube/coverage/format.ts";
import { askedOf } from "../hypercube/feature/asked.ts";
import { parseFeature } from "../hypercube/feature/parse.ts";
import { readAll } from "../hypercube/mars/errors.ts";
import type { MatchedRequest } from "../services/collections/match.ts";
import type { Datasource } from "../services/collections/resolve.ts";

/**
 * Reads the feature of a request whose datasource cuts features out, so that its faults are told while the user is
 * there. A shape that it names lies where the worker is, and is looked at there.
 *
 * @throws {RequestError} naming every fault
 */
export async function checkFeature(chosen: {
	readonly request: MatchedRequest;
	readonly datasource: Pick<Datasource, "type" | "settings">;
}): Promise<void> {
	const { type, settings } = chosen.datasource;
	if (type !== "features" && type !== "polytope") return;
	const { feature, keys, format, profile } = askedOf(chosen.request);
	const shape = () =>
		Object.hasOwn(feature, "file")
			? undefined
			: parseFeature(feature, keys, {
					compatible: settings.polytope_answers === true,
					...(typeof settings.max_vertices === "number" && {
						maxVertices: settings.max_vertices,
					}),
				});
	await readAll(() => formatOf(format, profile), shape);
}
