/** What stands in the place of something that was taken out. */
export const REDACTED = "[redacted]";

/** Replaces what must not be read. Each is linear in the length of its text: what a hostile user sends is logged too. */
type Rule = (text: string) => string;

/** Names of headers, keys and parameters whose value is nobody's business. Words may stand before and behind. */
const SECRET =
	"authorization|x-auth|x-polytope-token|cookie|passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|user[_-]?key|staging[_-]?key|private[_-]?key|credential|signature|dsn|e-?mail";

/** Whether the value of a key with this name is never shown. */
export const isSecretName = (name: string): boolean => SECRET_NAME.test(name);

const SECRET_NAME = new RegExp(`^key$|${SECRET}`, "i");

const NAMED = new RegExp(
	`((?:${SECRET})[\\w-]{0,40}["']?\\s{0,4}[:=](?!\\s{0,4}["']?\\[redacted)\\s{0,4})` +
		`("(?:[^"\\\\]|\\\\.)*"?|'(?:[^'\\\\]|\\\\.)*'?|(?:(?:Basic|Bearer|EmailKey|Digest|Token)\\s+)?[^\\s,;&"')}\\]]+)`,
	"gi",
);
/** Headers whose whole line is a secret, whatever is in it. */
const HEADER =
	/((?:authorization|x-auth[\w-]{0,40}|cookie)["']?\s{0,4}:(?!\s{0,4}["']?\[redacted)\s{0,4}["']?)[^\r\n"']+/gi;
const SCHEME =
	/\b(Bearer|EmailKey|Basic(?=\s+\S{0,200}[A-Z0-9=]))\s+(?!\[redacted)[\w.~+/=:@%-]{4,}/g;
const PEM =
	/-----BEGIN [A-Z ]{0,40}KEY-----[^-]*(?:-----END [A-Z ]{0,40}-----)?/g;
const URL_TEXT = /\b([a-z][a-z0-9+.-]{0,30}:\/\/)([^\s"'<>`]+)/gi;
const TARGET = /\?(?<=\/[\w.~%@/-]{0,500}\?)(?!\[redacted)[^\s"'<>]+/g;
const MAIL =
	/[\p{L}\p{N}._%+'-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24}/gu;
const DOWNLOAD = /(\/downloads\/)(?![0-9a-f]{8}-|\[redacted)[\w-]{24,}/g;
const TOKEN = /[A-Za-z0-9_-]{24,}/g;
const JWT = /\beyJ[\w-]{5,}\.[\w-]{2,}(?:\.[\w-]*)?/g;

/** User and password go, the query and the fragment too: a presigned address is a key. */
function bare(_: string, scheme: string, rest: string): string {
	const at = rest.lastIndexOf("@");
	const host = rest.search(/[/?#]/);
	const isUser =
		at >= 0 && (host < 0 || at < host || rest.slice(0, at).includes(":"));
	const named = isUser ? `${REDACTED}@${rest.slice(at + 1)}` : rest;
	const end = named.search(/[?#]/);
	return end < 0
		? scheme + named
		: `${scheme}${named.slice(0, end)}?${REDACTED}`;
}

/**
 * Keys that are made by chance have capitals, small letters and digits in no order; words and ids do not: an id is
 * hexadecimal, a name has few capitals.
 */
function unlessKey(text: string): string {
	if (!/[a-z]/.test(text)) return text;
	const capitals = text.match(/[A-Z]/g)?.length ?? 0;
	const isKey = capitals > 5 || (capitals > 0 && /\d/.test(text));
	return isKey ? REDACTED : text;
}

/** In this order: what is known by its name first, since it may hold what looks like something else. */
export const RULES: readonly Rule[] = [
	(text) => text.replace(PEM, REDACTED),
	(text) => text.replace(HEADER, `$1${REDACTED}`),
	(text) => text.replace(NAMED, `$1${REDACTED}`),
	(text) => text.replace(SCHEME, `$1 ${REDACTED}`),
	(text) => withoutCredentials(text),
	(text) => text.replace(TARGET, `?${REDACTED}`),
	(text) => (text.includes("@") ? text.replace(MAIL, "[e-mail]") : text),
	(text) => text.replace(JWT, REDACTED),
	(text) => text.replace(DOWNLOAD, `$1${REDACTED}`),
	(text) => text.replace(TOKEN, unlessKey),
];

/** Addresses in a text without user, password and query; all else stays. */
export const withoutCredentials: Rule = (text) =>
	text.includes("://") ? text.replace(URL_TEXT, bare) : text;
