import type { Coerced } from "./coerce.ts";
import { RequestError } from "./errors.ts";
import { isMapping } from "./feature.ts";
import { isFreeText } from "./keys.ts";

/** Needs no quotes in MARS language. */
const BARE = /^[\w.:+\-/]+$/;
/** Already quoted by its author, with nothing of that quote inside. */
const QUOTED = /^(?:'[^'\p{Cc}\\]*'|"[^"\p{Cc}\\]*")$/u;
/** What may stand between quotes that we set. */
const QUOTABLE = /^[^"\p{Cc}\\]*$/u;
/** Ends a value and begins another key; no value of a key with known values has it. */
const SEPARATOR = /[,=]/;

/**
 * The request in MARS language: `retrieve,class=od,param=2t/msl,target="out.grib"`.
 *
 * A value can never end early and add keys that match rules did not see: what is not plainly a value is quoted, and what
 * cannot be quoted safely is refused.
 *
 * @throws {RequestError} naming every key that cannot be written
 */
export function writeMars(
	verb: "retrieve" | "archive",
	request: Coerced,
	target?: string,
): string {
	const faults: string[] = [];
	const parts: string[] = [verb];
	for (const [key, value] of Object.entries(request)) {
		const text = isMapping(value)
			? undefined
			: write(key, typeof value === "string" ? value : value.join("/"));
		if (text === undefined)
			faults.push(
				`The value of key '${key}' cannot be written in MARS language`,
			);
		else parts.push(text);
	}
	if (target !== undefined && !QUOTABLE.test(target))
		faults.push("The target cannot be written in MARS language");
	if (faults.length > 0) throw new RequestError(faults);
	if (target !== undefined) parts.push(`target="${target}"`);
	return parts.join(",");
}

function write(key: string, value: string): string | undefined {
	if (!/^[a-z_]\w*$/i.test(key)) return undefined;
	if (BARE.test(value)) return `${key}=${value}`;
	if (!isFreeText(key) && SEPARATOR.test(value)) return undefined;
	if (QUOTED.test(value)) return `${key}=${value}`;
	return QUOTABLE.test(value) ? `${key}="${value}"` : undefined;
}
