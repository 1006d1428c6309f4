type Map = Readonly<Record<string, unknown>>;

/**
 * Lays settings over others: maps merge, everything else replaces, lists too. A `null` on top stays, so that it also
 * deletes what lies further below; `withoutNulls` ends that.
 */
export function mergeOver(below: Map, above: Map): Map {
	const merged: Record<string, unknown> = { ...below };
	for (const [key, value] of Object.entries(above)) {
		const under = Object.hasOwn(merged, key) ? merged[key] : undefined;
		if (value === undefined) continue;
		merged[key] =
			isMap(value) && isMap(under) ? mergeOver(under, value) : value;
	}
	return merged;
}

/** The settings without what `null` deleted. */
export function withoutNulls(settings: Map): Map {
	const kept = Object.entries(settings).filter(
		([, value]) => value !== null && value !== undefined,
	);
	return Object.fromEntries(
		kept.map(([key, value]) => [
			key,
			isMap(value) ? withoutNulls(value) : value,
		]),
	);
}

export function isMap(value: unknown): value is Map {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
