import { checkKey, isKey } from "../objects.ts";

/** Names in the bucket. Bytes and facts lie apart, so that a listing of results is nothing else. */
export interface Names {
	/** What all results begin with. */
	readonly results: string;
	result(key: string): string;
	/** What is known of a result beside its bytes, see facts.ts. */
	facts(key: string): string;
	/** What the facts of all results begin with. */
	readonly allFacts: string;
	/** The key of facts; undefined: not ours. */
	keyOfFacts(name: string): string | undefined;
	/** Written and removed at the start, to see whether that is allowed. */
	probe(key: string): string;
	/** The key of a result; undefined: not one of ours. */
	keyOf(name: string): string | undefined;
}

/** @param prefix empty, or with a slash at its end */
export function namesUnder(prefix: string): Names {
	const results = `${prefix}results/`;
	const allFacts = `${prefix}facts/`;
	const keyUnder = (start: string, name: string): string | undefined => {
		const key = name.slice(start.length);
		return name.startsWith(start) && isKey(key) ? key : undefined;
	};
	return {
		results,
		result: (key) => results + checkKey(key),
		allFacts,
		facts: (key) => allFacts + checkKey(key),
		probe: (key) => `${prefix}probe/${checkKey(key)}`,
		keyOf: (name) => keyUnder(results, name),
		keyOfFacts: (name) => keyUnder(allFacts, name),
	};
}
