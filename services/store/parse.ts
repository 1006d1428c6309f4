import { fault } from "../platform/faults.ts";
import { isRequestId } from "../platform/ids.ts";

/** A request id out of a message; INVALID when it is not one. */
export function requestId(text: string): string {
	if (!isRequestId(text))
		throw fault("INVALID", `'${text.slice(0, 80)}' is not a request id`);
	return text;
}

/** Rows of a page when nobody says how many. */
const PAGE = 100;

/** A page size within its bounds; 0, which is what was not said, is the usual one. */
export const pageOf = (value: number): number =>
	value === 0 ? PAGE : limitOf(value);

/** How many rows at once, within its bounds. */
export function limitOf(value: number, most = 1000): number {
	if (value < 1 || value > most)
		throw fault("INVALID", `a limit of ${value} is not between 1 and ${most}`);
	return value;
}
