/** What a size looks like, said the same in every message. */
export const SIZE_FORM =
	"a size such as 10MiB, 1.5G, 10MB, or a number of bytes";

const SIZE = /^(\d+(?:\.\d+)?)\s*([KMGT]?)(iB|B)?$/;
const POWER: Readonly<Record<string, number>> = {
	"": 0,
	K: 1,
	M: 2,
	G: 3,
	T: 4,
};

/**
 * Bytes of a size. A bare letter is a power of 1024 as in v1 ("10G"), and so is "GiB"; "GB" is a power of 1000.
 * `undefined` for anything else (v1 read a number without suffix as zero).
 */
export function parseSize(value: string | number): number | undefined {
	if (typeof value === "number") return wholeBytes(value);
	const parts = SIZE.exec(value.trim());
	const number = parts?.[1];
	const power = POWER[parts?.[2] ?? ""];
	if (number === undefined || power === undefined) return undefined;
	if (power === 0 && parts?.[3] === "iB") return undefined;
	const base = parts?.[3] === "B" ? 1000 : 1024;
	return wholeBytes(Number(number) * base ** power);
}

function wholeBytes(bytes: number): number | undefined {
	const whole = Math.floor(bytes);
	return bytes >= 0 && Number.isSafeInteger(whole) ? whole : undefined;
}
