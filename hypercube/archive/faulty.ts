import { basename } from "node:path";
import { BrokenField, UnsupportedField } from "../cube/field.ts";
import { toldName } from "./remote/place.ts";

/** The keys by which users tell fields of one request apart. */
const telling = ["date", "time", "step", "number", "levelist", "param"];

/**
 * What is wrong with a message, told with its file and field: places alone say nothing to who asked for many. Anything
 * else that was thrown remains what it is. Where the file lies is not told: users see it.
 */
export function toldOf(
	error: unknown,
	path: string,
	keys: Readonly<Record<string, string>>,
): unknown {
	const Fault = [BrokenField, UnsupportedField].find(
		(one) => error instanceof one,
	);
	if (Fault === undefined || !(error instanceof Error)) return error;
	const field = telling
		.filter((key) => keys[key] !== undefined)
		.map((key) => `${key}=${keys[key]}`);
	const where = [basename(toldName(path)), ...field].join(", ");
	return new Fault(`in ${where}: ${error.message}`, { cause: error });
}
