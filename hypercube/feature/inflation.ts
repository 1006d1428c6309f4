import type { Value } from "../mars/document.ts";
import { show } from "../mars/show.ts";
import { parseStep } from "../mars/step.ts";
import { type Axis, finiteOf } from "./axes.ts";
import type { Draft, Faults } from "./draft.ts";
import { type Length, lengthOf } from "./length.ts";

/** How far a corridor reaches from its path along each axis. */
export interface Inflations {
	/** Of latitude and longitude; in kilometres they are one number. */
	readonly unit: Length["unit"];
	readonly latitude: number;
	readonly longitude: number;
	/** In the unit of the levels. */
	readonly level: number;
	/** Hours. */
	readonly step: number;
}

/** `inflation`, or `radius` as `path` calls it: one for all axes, or one for each. */
export function inflationsOf(
	draft: Draft,
	axes: readonly Axis[] | undefined,
): Inflations | undefined {
	const { feature, faults } = draft;
	const written = feature.inflation ?? feature.radius;
	if (feature.inflation !== undefined && feature.radius !== undefined)
		return faults.add("inflation and radius are the same: give one of them");
	if (written === undefined)
		return faults.add(
			"Trajectory must have an inflation, or sample: true for one value at each point",
		);
	if (!axes) return checkEach(draft, written);
	const list = Array.isArray(written) ? written : axes.map(() => written);
	if (list.length === 1)
		return inflationsFrom(
			draft,
			axes,
			axes.map(() => list[0] ?? null),
		);
	if (list.length !== axes.length) {
		faults.add(
			`Inflation must have the same number of values as axes (${axes.join(", ")}) or a single value, got ${list.length}`,
		);
		return checkEach(draft, list);
	}
	return inflationsFrom(draft, axes, list, Array.isArray(written));
}

/** What must hold of an inflation along any axis. */
function checkEach(draft: Draft, value: Value): undefined {
	if (!Array.isArray(value)) lengthOf(value, "inflation", draft);
	else
		for (const [at, item] of value.entries())
			if (typeof item === "number" ? item < 0 : hoursIn(item) === undefined)
				lengthOf(item, `inflation[${at}]`, draft);
	return undefined;
}

function inflationsFrom(
	draft: Draft,
	axes: readonly Axis[],
	list: readonly Value[],
	each = false,
): Inflations | undefined {
	const at = (axis: Axis): Value | undefined => list[axes.indexOf(axis)];
	const latitude = lengthOf(at("latitude"), "inflation", draft);
	const longitude = each
		? lengthOf(at("longitude"), "inflation", draft)
		: latitude;
	// One value for all is told once.
	const further = each || latitude?.unit === "degrees";
	const has = (axis: Axis): boolean => further && axes.includes(axis);
	const level = has("levelist")
		? plainOf(at("levelist"), "levelist", draft.faults)
		: 0;
	const step = has("step") ? hoursOf(at("step"), draft.faults) : 0;
	if (!latitude || !longitude) return undefined;
	if (latitude.unit !== longitude.unit)
		return draft.faults.add(
			"inflation of latitude and longitude must have the same unit",
		);
	if (latitude.unit === "kilometres" && latitude.value !== longitude.value)
		return draft.faults.add(
			"inflation in kilometres is one distance: latitude and longitude must have the same",
		);
	const upright = axes.some((axis) => axis === "levelist" || axis === "step");
	if (latitude.unit === "kilometres" && upright && !each)
		return draft.faults.add(
			`inflation in kilometres needs one value for each axis: ${axes.join(", ")}`,
		);
	if (level === undefined || step === undefined) return undefined;
	return {
		unit: latitude.unit,
		latitude: latitude.value,
		longitude: longitude.value,
		level,
		step,
	};
}

/** Hours of a step with units. */
function hoursIn(value: Value | undefined): number | undefined {
	const seconds =
		typeof value === "string" ? parseStep(value.trim()) : undefined;
	return seconds === undefined ? undefined : seconds / 3600;
}

const hoursOf = (
	value: Value | undefined,
	faults: Faults,
): number | undefined => hoursIn(value) ?? plainOf(value, "step", faults);

function plainOf(
	value: Value | undefined,
	axis: string,
	faults: Faults,
): number | undefined {
	const number = finiteOf(value, `inflation of ${axis}`, faults);
	if (number === undefined || (number >= 0 && number <= 1e9)) return number;
	return faults.add(
		`inflation of ${axis} must not be less than 0, got ${show(value ?? "")}`,
	);
}
