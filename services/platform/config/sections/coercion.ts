import { z } from "zod";
import { flag, text } from "../values.ts";

const keys = (description: string) =>
	z.array(text("A key.")).meta({ description, kind: "list of keys" });

/** v1's `coercion`; lists given here replace the default ones. */
export const coercion = z
	.strictObject({
		allow_ranges: keys("Keys that may hold a range `a/to/b`.").prefault([
			"number",
			"step",
			"date",
			"time",
		]),
		allow_lists: keys("Keys that may hold a list `a/b/c`.").prefault([
			"class",
			"stream",
			"type",
			"expver",
			"param",
			"number",
			"date",
			"step",
			"time",
		]),
		number_allow_zero: flag("Whether `number: 0` is allowed.").prefault(false),
	})
	.prefault({})
	.meta({ description: "How request values are brought into one form." });
