/**
 * Bounds of an LRU memory that is seldom full. `max` of `lru-cache` takes all its memory at once: 33 MB and a tenth of a
 * second for a million entries.
 */
export const atMost = (entries: number) => ({
	maxSize: entries,
	sizeCalculation: () => 1,
});
