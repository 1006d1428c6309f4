/** Coded whole numbers as degrees. Dividing by a whole number gives the decimal fraction that was meant. */
export function degrees(coded: number, unit: number): number {
	const whole = Math.round(1 / unit);
	return unit * whole === 1 ? coded / whole : coded * unit;
}
