/** A longitude in [0, 360), degrees. */
export function turned(longitude: number): number {
	const rest = longitude % 360;
	if (rest >= 0) return rest === 0 ? 0 : rest;
	// What is lost in rounding 360 less a hair would be 360 itself.
	const up = rest + 360;
	return up < 360 ? up : 0;
}

/** How far east a difference of longitudes leads, in [0, 360) degrees; what rounding made negative is none. */
export function eastward(difference: number): number {
	const arc = turned(difference);
	return arc > 360 - 1e-9 ? 0 : arc;
}
