/** What a statement does to what, in the words of its span. */
export interface Summary {
	/** `INSERT request UPDATE lane`: all that it writes; of what only reads, `SELECT` and its table. */
	readonly text: string;
	/** Of a statement that does one thing. */
	readonly operation: string | undefined;
	readonly table: string | undefined;
}

const QUOTED = /'[^']*'/g;
const INNERMOST = /\([^()]*\)/g;
/** Neither a lock (`for update`) nor what a conflict leads to (`do update set`), which is the insertion's. */
const WRITING =
	/\b(insert) into\s+([^\s(]+)|\b(delete) from\s+(\S+)|(?<!\b(?:for|do)\s+)\b(update)\s+(\S+)/gi;
const READING = /^\s*(?:with\b.*?\s)?(select)\b(?:.*?\bfrom\s+([^\s,]+))?/is;

/** Reads off a statement's text what it does; of one of another kind, its first word. */
export function summaryOf(text: string): Summary {
	const bare = text.replaceAll(QUOTED, " ");
	const written = [...bare.matchAll(WRITING)].map((words) => {
		const [verb = "", table = ""] = words.slice(1).filter((word) => word);
		return did(verb, table);
	});
	const [only, ...more] = written;
	if (only === undefined) return readBy(bare);
	if (more.length === 0) return only;
	const texts = new Set(written.map((one) => one.text));
	return { text: [...texts].join(" "), operation: undefined, table: undefined };
}

function readBy(bare: string): Summary {
	let outer = bare;
	for (let less = ""; less !== outer; ) {
		less = outer;
		outer = less.replaceAll(INNERMOST, " ");
	}
	const [, verb, table] = READING.exec(outer) ?? [];
	const [first = "?"] = outer.trim().split(/\s+/);
	return did(verb ?? first, table);
}

function did(verb: string, named?: string): Summary {
	const operation = verb.toUpperCase();
	const table = named?.replaceAll(/["(),;]/g, "");
	return {
		text: table === undefined ? operation : `${operation} ${table}`,
		operation,
		table,
	};
}
