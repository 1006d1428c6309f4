/** The candidate that a mistyped word was probably meant to be; `undefined` when none is near. */
export function nearest(
	word: string,
	candidates: readonly string[],
): string | undefined {
	const reach = Math.max(1, Math.floor(word.length / 3));
	const plain = spelled(word);
	const ranked = candidates
		.map((candidate) => ({
			candidate,
			far: distance(plain, spelled(candidate)),
		}))
		.filter(({ far }) => far <= reach)
		.sort((a, b) => a.far - b.far);
	return ranked[0]?.candidate;
}

/** `perUser`, `per_user`, `Per-User`: the same word. */
const spelled = (word: string) =>
	word.slice(0, 60).toLowerCase().replace(/[-_]/g, "");

/** Edits (insert, delete, replace, swap neighbours) from one word to the other. */
function distance(a: string, b: string): number {
	let before: number[] = [];
	let last = Array.from({ length: b.length + 1 }, (_, i) => i);
	for (let i = 1; i <= a.length; i++) {
		const row = [i];
		for (let j = 1; j <= b.length; j++) {
			const same = a[i - 1] === b[j - 1] ? 0 : 1;
			const swapped =
				i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
			row[j] = Math.min(
				at(last, j) + 1,
				at(row, j - 1) + 1,
				at(last, j - 1) + same,
				swapped ? at(before, j - 2) + 1 : Number.POSITIVE_INFINITY,
			);
		}
		before = last;
		last = row;
	}
	return at(last, b.length);
}

const at = (row: readonly number[], i: number) =>
	row[i] ?? Number.POSITIVE_INFINITY;
