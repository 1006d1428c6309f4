import { type RowHarmonics, waves } from "./harmonics.ts";

/** Which forecast of the invented weather: when it starts and how it errs. */
export interface Run {
	/** Hours from the first forecast of the archive to this one's start. */
	readonly start: number;
	/** 0: the forecast itself; from 1: a perturbed member. */
	readonly member: number;
}

/** A place in a run: hours of forecast, latitude in radians, height as ln(1000 hPa / p). */
export interface Place {
	readonly run: Run;
	readonly step: number;
	readonly latitude: number;
	readonly height: number;
}

const earthRadius = 6_371_229;
const gasConstant = 287;
const surfaceDensity = 1.2;

/** Of each wave: height of its crest (m²/s² at 1000 hPa), degrees a day eastwards, phase (radians). */
const travelling = [
	{ crest: 0, speed: 0, phase: 0 },
	{ crest: 350, speed: 5, phase: 0.3 },
	{ crest: 450, speed: 7, phase: 2.1 },
	{ crest: 380, speed: 10, phase: 4.4 },
	{ crest: 220, speed: 12, phase: 5.5 },
] as const;

/**
 * Geopotential, m²/s²: a January atmosphere, warm at the equator, with subtropical highs and waves that
 * travel east in the westerlies, grow with height and lean west. Temperature, wind and pressure are all
 * derived from it, so they agree with each other: hydrostatic, and geostrophic away from the equator.
 */
export function geopotential(place: Place): RowHarmonics {
	const { latitude, height } = place;
	const [warmth, lapse] = climate(latitude);
	const ground = (1200 - 500 * Math.cos(6 * latitude)) / surfaceDensity;
	const thickness = warmth * height - (lapse * height ** 2) / 2;
	const envelope = Math.sin(2 * latitude) ** 2 * (1 + 1.2 * height);
	const phases = waves.map((_, index) => phaseOf(place, index));
	const crests = travelling.map(({ crest }) => crest * envelope);
	return {
		mean: ground + gasConstant * thickness,
		cos: crests.map((crest, k) => crest * Math.cos(phases[k] ?? 0)),
		sin: crests.map((crest, k) => -crest * Math.sin(phases[k] ?? 0)),
	};
}

/** Temperature at 1000 hPa (K) and its fall per unit of ln p. */
function climate(latitude: number): [warmth: number, lapse: number] {
	const north = Math.sin(latitude);
	return [300 - 50 * north ** 2 - 8 * north, 50 - 28 * north ** 2 - 4 * north];
}

function phaseOf({ run, step, latitude, height }: Place, k: number): number {
	const wave = travelling[k] ?? travelling[0];
	const days = (run.start + step) / 24;
	const travelled =
		((waves[k] ?? 0) * wave.speed * days * Math.PI) / 180 - 0.5 * height;
	const hemisphere = latitude < 0 ? 1.7 * (k + 1) : 0;
	return wave.phase + hemisphere - travelled + errorOf(run, step, k);
}

/** How far a forecast's waves are off (radians): a member from the start, everyone more each day. */
function errorOf({ start, member }: Run, step: number, k: number): number {
	const luck = Math.sin(12.9898 * member + 78.233 * k + 0.37 * start);
	const [first, daily] = member === 0 ? [0, 0.03] : [0.08, 0.15];
	return luck * (first + (daily * step) / 24);
}

/** Temperature (K) from the hydrostatic equation: the change of geopotential with ln p. */
export const temperature = (place: Place): RowHarmonics =>
	scaled(
		slope(place, "height", (there) => geopotential(there)),
		1 / gasConstant,
	);

/** Eastward geostrophic wind, m/s. */
export const eastWind = (place: Place): RowHarmonics =>
	scaled(
		slope(place, "latitude", (there) => geopotential(there)),
		-balance(place.latitude) / earthRadius,
	);

/** Northward geostrophic wind, m/s: the change of geopotential along the row. */
export function northWind(place: Place): RowHarmonics {
	const { cos, sin } = geopotential(place);
	const factor =
		balance(place.latitude) / (earthRadius * Math.cos(place.latitude));
	return {
		mean: 0,
		cos: sin.map((value, k) => value * factor * (waves[k] ?? 0)),
		sin: cos.map((value, k) => -value * factor * (waves[k] ?? 0)),
	};
}

/** One over the Coriolis parameter, let go to zero at the equator, where geostrophy ends. */
function balance(latitude: number): number {
	const coriolis = 1.4584e-4 * Math.sin(latitude);
	return coriolis / (coriolis ** 2 + 2.5e-5 ** 2);
}

/** Pressure at mean sea level, Pa. */
export function pressure(place: Place): RowHarmonics {
	const { mean, ...rest } = scaled(
		geopotential({ ...place, height: 0 }),
		surfaceDensity,
	);
	return { mean: 100_000 + mean, ...rest };
}

/** Air temperature 2 m above ground, K: that of 1000 hPa with the day's course, warmest at 14 h. */
export function surfaceTemperature(place: Place): RowHarmonics {
	const { mean, cos, sin } = temperature({ ...place, height: 0 });
	const hour = place.run.start + place.step - 14;
	const angle = (2 * Math.PI * hour) / 24;
	const range = 4 * Math.cos(place.latitude);
	return {
		mean,
		cos: cos.map((value, k) => value + (k === 0 ? range * Math.cos(angle) : 0)),
		sin: sin.map((value, k) => value - (k === 0 ? range * Math.sin(angle) : 0)),
	};
}

/** Wind 10 m above ground, m/s: weaker than at 1000 hPa and turned towards low pressure. */
export function surfaceWind(place: Place): {
	east: RowHarmonics;
	north: RowHarmonics;
} {
	const ground = { ...place, height: 0 };
	const turn = ((20 * Math.PI) / 180) * Math.tanh(place.latitude / 0.17);
	const [along, across] = [0.75 * Math.cos(turn), 0.75 * Math.sin(turn)];
	const [u, v] = [eastWind(ground), northWind(ground)];
	return {
		east: sum(scaled(u, along), scaled(v, -across)),
		north: sum(scaled(u, across), scaled(v, along)),
	};
}

/** Rising air, without unit: in the tropical rain belt and where wind blows towards the pole. */
export function rising(place: Place): RowHarmonics {
	const belt = Math.exp(-(((place.latitude + 0.09) / 0.12) ** 2));
	const poleward = Math.sign(place.latitude) / 20;
	const { cos, sin } = northWind({ ...place, height: Math.log(1000 / 850) });
	return {
		mean: 0.9 * belt - 0.15,
		cos: cos.map((value, k) => value * poleward + (k === 1 ? 0.4 * belt : 0)),
		sin: sin.map((value) => value * poleward),
	};
}

/** Precipitation, metres of water an hour, where air rises as `rising` says. */
export const rainRate = (rise: number): number =>
	1.2e-3 * Math.max(0, rise) ** 2;

function slope(
	place: Place,
	axis: "latitude" | "height",
	of: (place: Place) => RowHarmonics,
): RowHarmonics {
	const half = 1e-4;
	const after = of({ ...place, [axis]: place[axis] + half });
	const before = of({ ...place, [axis]: place[axis] - half });
	return scaled(sum(after, scaled(before, -1)), 1 / (2 * half));
}

const scaled = (
	{ mean, cos, sin }: RowHarmonics,
	factor: number,
): RowHarmonics => ({
	mean: mean * factor,
	cos: cos.map((value) => value * factor),
	sin: sin.map((value) => value * factor),
});

const sum = (a: RowHarmonics, b: RowHarmonics): RowHarmonics => ({
	mean: a.mean + b.mean,
	cos: a.cos.map((value, k) => value + (b.cos[k] ?? 0)),
	sin: a.sin.map((value, k) => value + (b.sin[k] ?? 0)),
});
