import type { Mapping } from "../mars/document.ts";
import { RequestError } from "../mars/errors.ts";
import { isMapping } from "../mars/feature.ts";

/** A request that cuts a feature out of fields, in its parts. */
export interface Asked {
	readonly feature: Mapping;
	/** The keys that choose fields. */
	readonly keys: Readonly<Record<string, string>>;
	readonly format: string | undefined;
	readonly profile: string | undefined;
}

/** Keys by which MARS makes other fields of those it has: nobody does so here, and nothing is ignored. */
const MADE: ReadonlySet<string> = new Set([
	"grid",
	"area",
	"interpolation",
	"resol",
	"accuracy",
	"rotation",
	"frame",
]);

/** @throws RequestError naming every key that means nothing here */
export function askedOf(
	request: Readonly<Record<string, string | Mapping>>,
): Asked {
	const { feature, format, profile, ...rest } = request;
	const faults: string[] = [];
	const keys: Record<string, string> = Object.create(null);
	for (const [key, value] of Object.entries(rest)) {
		if (typeof value !== "string")
			faults.push(`key '${key}' must be a value or a list of values`);
		else if (MADE.has(key))
			faults.push(
				`key '${key}' has no meaning beside a feature: values are given as the fields have them`,
			);
		else keys[key] = value;
	}
	if (!isMapping(feature)) faults.push("'feature' must be a mapping");
	if (faults.length > 0 || !isMapping(feature)) throw new RequestError(faults);
	return { feature, keys, format: word(format), profile: word(profile) };
}

const word = (value: string | Mapping | undefined): string | undefined =>
	typeof value === "string" ? value : undefined;
