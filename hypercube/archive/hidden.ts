import { type FileFault, type FileIndex, paramColumn } from "./columns.ts";

/**
 * An index that says among its faults how many of its messages have the MARS keys of a later one, as those of other
 * centres may, for whose levels MARS has no key: the last of them is served, and hides the others.
 */
export function withHidden(index: FileIndex): FileIndex {
	const hidden = hiddenFault(index);
	return hidden ? { ...index, faults: [...index.faults, hidden] } : index;
}

function hiddenFault(index: FileIndex): FileFault | undefined {
	const hidden = hiddenRows(index);
	const [first] = hidden;
	if (first === undefined) return undefined;
	const of = [...index.columns].flatMap(([name, { values, codes }]) => {
		const value = values[(codes[first] ?? 0) - 1];
		const shown = name === "param" || value === undefined;
		return shown
			? []
			: [`${name === paramColumn ? "param" : name}=${value.split(":")[0]}`];
	});
	const count =
		hidden.length === 1 ? "1 message has" : `${hidden.length} messages have`;
	return {
		offset: index.offsets[first] ?? 0,
		reason: `${count} the MARS keys of a later one, which is served instead; the first: ${of.join(", ")}`,
	};
}

/** Rows that a later one has the keys of, ascending. */
function hiddenRows({ offsets, columns }: FileIndex): number[] {
	const codes = [...columns]
		.filter(([name]) => name !== "param")
		.map(([, column]) => column.codes);
	// By the hash of its keys, the last row that has it: rows of another hash cannot be alike.
	const last = new Map<number, number>();
	const hidden: number[] = [];
	for (let row = offsets.length - 1; row >= 0; row--) {
		let hash = 0;
		for (const column of codes)
			hash = (Math.imul(hash, 31) + (column[row] ?? 0)) | 0;
		const later = last.get(hash);
		if (later === undefined) last.set(hash, row);
		else if (codes.every((column) => column[row] === column[later]))
			hidden.push(row);
	}
	return hidden.reverse();
}
