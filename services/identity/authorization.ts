/** One item of an `Authorization` header. */
export interface Credentials {
	/** Lower case: schemes are compared without regard to case. */
	readonly scheme: string;
	/** The scheme as it was sent, for messages. */
	readonly shown: string;
	readonly value: string;
}

// Tokens of some identity providers take several kilobytes; nothing honest takes more than this.
const MAX_HEADER = 64 * 1024;
const MAX_ITEMS = 8;

// Only a comma before a scheme and a blank parts items: `Bearer a,b` and `Digest a="b", c="d"` are one each.
const BETWEEN = /,\s*(?=[A-Za-z][A-Za-z0-9!#$%&'*+.^_`|~-]*[ \t]+[^\s,])/;
const ITEM = /^([A-Za-z][A-Za-z0-9!#$%&'*+.^_`|~-]*)[ \t]+(\S.*)$/;

/**
 * The credentials in an `Authorization` header: polytope-client sends several, separated by commas. `undefined` when
 * it cannot be read: empty, too long, with control characters, or with an item that has no credentials.
 */
export function parseAuthorization(header: string): Credentials[] | undefined {
	if (header.length > MAX_HEADER || hasControls(header)) return undefined;
	const items = header.split(BETWEEN).map((item) => ITEM.exec(trimmed(item)));
	if (items.length > MAX_ITEMS) return undefined;
	const read = items.flatMap((item) => {
		const [, shown, value] = item ?? [];
		return shown && value
			? [{ scheme: shown.toLowerCase(), shown, value }]
			: [];
	});
	return read.length === items.length ? read : undefined;
}

/** Whether text holds control characters other than a tab. */
export function hasControls(text: string): boolean {
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if ((code < 32 && code !== 9) || code === 127) return true;
	}
	return false;
}

/** Without blanks around and commas behind, in one pass (a pattern would look again from every blank). */
function trimmed(item: string): string {
	let end = item.length;
	while (end > 0 && " \t,".includes(item.charAt(end - 1))) end--;
	return item.slice(0, end).trimStart();
}
