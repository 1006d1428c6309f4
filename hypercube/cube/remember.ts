/** Answers that are kept of one function. */
const most = 8192;

/**
 * The same function, that keeps its last few thousand answers: fields by the ten thousand share their dates, their steps,
 * and how these are written.
 */
export function remember<K, V>(find: (key: K) => V): (key: K) => V {
	const known = new Map<K, V>();
	return (key) => {
		let value = known.get(key);
		if (value === undefined) {
			value = find(key);
			if (known.size >= most) known.clear();
			known.set(key, value);
		}
		return value;
	};
}
