import type { CompiledFeature } from "../feature/feature.ts";
import { RequestError } from "../mars/errors.ts";

/** How much one request may ask for; what is left out is not limited. */
export interface Limits {
	/** Square kilometres of the feature. */
	readonly area?: number;
	/** Fields that are read. */
	readonly fields?: number;
	/** Values in the answer. */
	readonly values?: number;
	/** Octets read, and octets of the answer. */
	readonly read?: number;
	readonly sent?: number;
}

/** @throws RequestError with the numbers, where a feature is larger than allowed */
export function checkArea({ area }: CompiledFeature, limits: Limits): void {
	refuse([over("the feature covers", Math.ceil(area), "km²", limits.area)]);
}

/** @throws RequestError with the numbers, where there are more fields than allowed: before anything is done with them */
export function checkFields(fields: number, limits: Limits): void {
	refuse([over("the request reads", fields, "fields", limits.fields)]);
}

/** @throws RequestError with all numbers that are larger than allowed */
export function checkPlan(
	plan: {
		readonly values: number;
		readonly read: number;
		readonly sent: number;
	},
	limits: Limits,
): void {
	refuse([
		over("the answer has", plan.values, "values", limits.values),
		over("the request reads", plan.read, "bytes", limits.read),
		over("the answer may have", plan.sent, "bytes", limits.sent),
	]);
}

function over(
	what: string,
	count: number,
	unit: string,
	limit: number | undefined,
): string | undefined {
	return limit !== undefined && count > limit
		? `${what} ${count} ${unit}, which is more than the ${limit} allowed: ask for a smaller part`
		: undefined;
}

function refuse(faults: readonly (string | undefined)[]): void {
	const told = faults.filter((fault) => fault !== undefined);
	if (told.length > 0) throw new RequestError(told);
}
