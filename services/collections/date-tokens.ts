import { RequestError } from "../../hypercube/mars/errors.ts";
import { parseRange, type Range } from "../../hypercube/mars/range.ts";

/** The requested date is none that the rules allow. For the user. */
export class DateError extends Error {
	constructor(message: string) {
		super(message);
		this.name = "DateError";
	}
}

/** `0`, `-1`: days from today. */
export const isRelative = (token: string): boolean =>
	/^(?:0|-\d{1,7})$/.test(token);

/**
 * Reads `a/to/b[/by/c]`; undefined for single dates and lists.
 *
 * @throws {DateError}
 */
export function readRange(date: string): Range | undefined {
	try {
		return parseRange("date", date);
	} catch (error) {
		if (error instanceof RequestError)
			throw new DateError("Invalid date range");
		throw error;
	}
}
