import { z } from "zod";
import { DURATION_FORM, parseDuration } from "./duration.ts";
import { parseRate, RATE_FORM } from "./rate.ts";
import { parseSize, SIZE_FORM } from "./size.ts";

/** A duration; milliseconds once parsed. */
export const duration = (description: string) =>
	scalar("duration", DURATION_FORM, parseDuration).meta({
		description,
		kind: "duration",
	});

/** A size; bytes once parsed. */
export const size = (description: string) =>
	scalar("size", SIZE_FORM, parseSize).meta({ description, kind: "size" });

/** A rate; times a second once parsed, 0 for no limit. */
export const rate = (description: string) =>
	scalar("rate", RATE_FORM, parseRate).meta({ description, kind: "rate" });

/** A whole number within bounds; digits as text too, since `${PORT}` gives text. */
export const whole = (description: string, min: number, max: number) =>
	scalar("whole number", `a whole number from ${min} to ${max}`, (value) => {
		const number = /^\d+$/.test(String(value)) ? Number(value) : undefined;
		return number !== undefined && number >= min && number <= max
			? number
			: undefined;
	}).meta({ description, kind: "whole number" });

/** Yes or no; `"true"` and `"false"` as text too, since `${FLAG}` gives text. */
export const flag = (description: string) =>
	z
		.union([z.boolean(), z.literal(["true", "false"])], {
			error: "expected true or false",
		})
		.transform((value) => value === true || value === "true")
		.meta({ description, kind: "true or false" });

/** Some text, never empty. */
export const text = (description: string) =>
	z
		.string({ error: "expected text; put numbers and dates in quotes" })
		.min(1, "must not be empty")
		.meta({ description, kind: "text" });

/** Name of a pool of workers: part of a subject of the queue. */
export const poolName = (description: string) =>
	z
		.string({ error: "expected a name" })
		.regex(/^[a-z0-9][a-z0-9-]{0,31}$/, {
			error: "a pool's name holds small letters, digits and '-'",
		})
		.meta({ description, kind: "text" });

/** A URL whose scheme picks an implementation. Kept as text: `embedded:` alone is one. */
export const partUrl = (description: string, schemes: readonly string[]) => {
	const error = `expected a URL with scheme ${schemes.join(" or ")}`;
	return z
		.string({ error })
		.refine((url) => schemes.some((scheme) => url.startsWith(scheme)), {
			error,
		})
		.meta({ description, kind: `URL: ${schemes.join(" ")}` });
};

/** An address that clients see, without trailing slash. */
export const publicUrl = (description: string) =>
	z
		.string({ error: "expected an http(s) URL" })
		.refine(isPublicUrl, {
			error:
				"expected an http(s) URL without user, query and fragment, such as https://data.example.org/prefix",
		})
		.transform((url) => url.replace(/\/+$/, ""))
		.meta({ description, kind: "http(s) URL" });

function isPublicUrl(value: string): boolean {
	const url = URL.parse(value);
	if (!url || !/^https?:\/\//i.test(value)) return false;
	return `${url.username}${url.password}${url.search}${url.hash}` === "";
}

function scalar<T>(
	name: string,
	form: string,
	parse: (value: string | number) => T | undefined,
) {
	return z
		.union([z.string(), z.number()], { error: `expected ${form}` })
		.transform((value, ctx) => {
			const parsed = parse(value);
			if (parsed !== undefined) return parsed;
			ctx.addIssue({
				code: "custom",
				message: `not a valid ${name}: expected ${form}`,
			});
			return z.NEVER;
		});
}
