import type { Parameter } from "../../cube/coverage.ts";

/**
 * What the arrays of parameters are called: by their names, as far as the format allows (no control characters, no slash, no
 * blank at the end), and never as a coordinate.
 */
export function namesOf(
	parameters: readonly Parameter[],
	taken: Iterable<string>,
): ReadonlyMap<Parameter, string> {
	const used = new Set(taken);
	const names = new Map<Parameter, string>();
	for (const parameter of parameters) {
		let name = plain(parameter.name);
		while (used.has(name)) name += "_";
		used.add(name);
		names.set(parameter, name);
	}
	return names;
}

/** Libraries take names of 256 octets. */
const mostCharacters = 60;

function plain(name: string): string {
	const text = name
		.normalize("NFC")
		.replaceAll(/[\p{Cc}/]/gu, "_")
		.slice(0, mostCharacters)
		.trimEnd();
	return /^[\p{L}\p{N}_]/u.test(text) ? text : `_${text}`;
}
