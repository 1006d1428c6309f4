/**
 * What a header says, by the names its layout gives: a code or number, `null` where it is coded as missing, text
 * for the few fields that are text. A field that the message does not hold is not in the map.
 */
export type Fields = Map<string, number | string | null>;

/** The number in `name`, or undefined when it is absent, missing or text. */
export function numberOf(fields: Fields, name: string): number | undefined {
	const value = fields.get(name);
	return typeof value === "number" ? value : undefined;
}

/** The field as it prints; undefined when absent or missing. */
export function textOf(fields: Fields, name: string): string | undefined {
	const value = fields.get(name);
	return value === undefined || value === null ? undefined : String(value);
}
