import { dayOf, formatDate, isDay, parseDate } from "./date.ts";
import type { Scalar } from "./document.ts";
import { RequestError } from "./errors.ts";
import { mendStep, parseSteps } from "./step.ts";

export interface CoercionConfig {
	/** Keys that take `a/to/b[/by/c]`. */
	readonly allow_ranges: readonly string[];
	/** Keys that take `a/b/c`. */
	readonly allow_lists: readonly string[];
	/** Whether ensembles are counted from 0. */
	readonly number_allow_zero: boolean;
}

/** What a coercer may ask for besides the value. `now` is the time of submission: "yesterday" must not move while a request waits. */
export interface CoercionContext {
	readonly now: Date;
	readonly config: CoercionConfig;
}

type Coercer = (value: Scalar, context: CoercionContext) => string;

/**
 * The key's one spelling of a single value.
 *
 * @throws {RequestError} with the bare reason, in the words of Polytope v1
 */
export function coerceScalar(
	key: string,
	value: Scalar,
	context: CoercionContext,
): string {
	const plain = typeof value === "string" ? value.trim() : value;
	return (COERCERS.get(key) ?? coerceOther)(plain, context);
}

/** Whether values of the key have a form of their own. */
export const hasCoercer = (key: string): boolean => COERCERS.has(key);

const COERCERS: ReadonlyMap<string, Coercer> = new Map<string, Coercer>([
	["date", coerceDate],
	["hdate", coerceHindcastDate],
	["step", coerceStep],
	["number", coerceNumber],
	["param", coerceParam],
	["time", coerceTime],
	["expver", coerceExpver],
	["model", coerceLower],
	["experiment", coerceLower],
	["activity", coerceLower],
	["timespan", coerceTimespan],
]);

const DATE_FORMAT = "Invalid date format, expected YYYYMMDD or YYYY-MM-DD.";
const TIME_FORMAT = "Invalid time format, expected HHMM or HH";
const STEP_FORMAT =
	"Invalid step format, expected integer, steps with units (e.g., '1h', '30m', '1h30m', '2d', '30s'), or a range of these formats (e.g., '1h-3').";
const NUMBER_TYPE = "Invalid type, expected integer or string.";

function coerceDate(value: Scalar, { now }: CoercionContext): string {
	const days = integerOf(value);
	if (days === undefined || days > 0) return coerceHindcastDate(value);
	const day = dayOf(now) + days;
	return isDay(day) ? formatDate(day) : refuse(DATE_FORMAT);
}

/** Hindcast dates are absolute: there is no "yesterday" in another year. */
function coerceHindcastDate(value: Scalar): string {
	const day = parseDate(String(value));
	return day === undefined ? refuse(DATE_FORMAT) : formatDate(day);
}

function coerceStep(value: Scalar): string {
	const hours = integerOf(value);
	if (hours !== undefined && hours < 0)
		return refuse("Step must be greater than or equal to 0.");
	if (hours === undefined && typeof value !== "string")
		return refuse(NUMBER_TYPE);
	const text = mendStep(String(value));
	return parseSteps(text) === undefined ? refuse(STEP_FORMAT) : text;
}

function coerceNumber(value: Scalar, { config }: CoercionContext): string {
	const least = config.number_allow_zero ? 0 : 1;
	const number = integerOf(value);
	if (number === undefined) return refuse(NUMBER_TYPE);
	return number < least
		? refuse(`Number must be >= ${least}.`)
		: String(number);
}

function coerceParam(value: Scalar): string {
	if (typeof value === "string" && value !== "") return value;
	// Not a fraction: 165.130 as a JSON number has lost its last digit, the table 130 became 13.
	return Number.isSafeInteger(value)
		? String(value)
		: refuse("Invalid param type, expected integer or string.");
}

function coerceTime(value: Scalar): string {
	if (typeof value !== "string" && typeof value !== "number") {
		return refuse("Invalid type for time, expected string or integer.");
	}
	const number = integerOf(value);
	if (number !== undefined && number < 0)
		return refuse(`${TIME_FORMAT} greater than zero.`);
	const found = /^(\d{1,2})(?::?(\d{2}))?(?::00)?$/.exec(String(value));
	const hours = Number(found?.[1] ?? Number.NaN);
	const whole = found !== null && Number(found[2] ?? 0) === 0;
	return whole && hours <= 23
		? `${String(hours).padStart(2, "0")}00`
		: refuse(`${TIME_FORMAT}.`);
}

function coerceExpver(value: Scalar): string {
	if (typeof value === "string" && /^\d+$/.test(value)) {
		const digits = value.replace(/^0+(?=\d{4})/, "");
		if (digits.length <= 4) return digits.padStart(4, "0");
		return refuse(
			"expver integer string must represent an integer between 0 and 9999 inclusive.",
		);
	}
	if (typeof value === "string") {
		return value.length === 4
			? value
			: refuse("expver string length must be 4 characters exactly.");
	}
	if (!Number.isInteger(value))
		return refuse("expver must be an integer or a string.");
	const number = Number(value);
	const inside = number >= 0 && number <= 9999;
	return inside
		? String(number).padStart(4, "0")
		: refuse("expver integer must be between 0 and 9999 inclusive.");
}

function coerceLower(value: Scalar, context: CoercionContext): string {
	return coerceOther(value, context).toLowerCase();
}

/** `timespan: null` says "an instant". As text it arrives as any way of writing nothing. */
function coerceTimespan(value: Scalar): string {
	const text = value === null ? "" : String(value);
	return /^(|~|null|none)$/i.test(text) ? "none" : text;
}

function coerceOther(value: Scalar, _: CoercionContext): string {
	return value === null || value === "" ? refuse("Empty value") : String(value);
}

/** YAML scalars are all text here, so `step: -1` and `step: '-1'` are the same number. */
function integerOf(value: Scalar): number | undefined {
	const number =
		typeof value === "string" && /^-?\d{1,15}$/.test(value)
			? Number(value)
			: value;
	return typeof number === "number" && Number.isSafeInteger(number)
		? number
		: undefined;
}

function refuse(reason: string): never {
	throw new RequestError([reason]);
}
