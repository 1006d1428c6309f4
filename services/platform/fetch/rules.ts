import type { Config } from "../config/schema.ts";
import { isAddress, isReachable } from "./addresses.ts";

/** From where data is fetched; nothing else is. */
export type FetchRules = Config["archive"]["fetch"];

const LONGEST = 2048;
const PORTS: Readonly<Record<string, string>> = { http: "80", https: "443" };

/** Why data is not fetched from a URL, with what to do; undefined when it is, as far as its text tells. */
export function whyNotFetched(
	text: string,
	rules: FetchRules,
): string | undefined {
	if (rules.hosts.length === 0)
		return "This server fetches no data from URLs: leave 'url' out and upload the data";
	const url = URL.parse(text);
	if (url === null || text.length > LONGEST)
		return `'url' is not a URL of at most ${LONGEST} characters`;
	const scheme = url.protocol.slice(0, -1);
	if (!rules.schemes.some((allowed) => allowed === scheme))
		return `Data is fetched by ${rules.schemes.join(" or ")}, not by ${scheme.slice(0, 50)}`;
	if (`${url.username}${url.password}` !== "")
		return "'url' must hold no user and no password: it is kept and shown";
	if (!rules.hosts.some((pattern) => fits(pattern, url, scheme)))
		return `Data is not fetched from ${url.host.slice(0, 100)}, only from ${rules.hosts.join(", ")}: upload it instead`;
	if (isAddress(url.hostname) && !isReachable(url.hostname, rules.networks))
		return PRIVATE(url.hostname);
	return undefined;
}

export const PRIVATE = (host: string): string =>
	`Data is not fetched from ${host}: its address is not a public one`;

/** A pattern is a host name, `*.` and what it ends with, or `*`; with a port or `:*`, when it is not the scheme's own. */
function fits(pattern: string, url: URL, scheme: string): boolean {
	const [, name = "", port] = /^(.*?)(?::(\d+|\*))?$/.exec(pattern) ?? [];
	const usual = PORTS[scheme] ?? "";
	if (port !== "*" && (url.port || usual) !== (port ?? usual)) return false;
	const host = url.hostname.toLowerCase().replace(/\.$/, "");
	const wanted = name.toLowerCase();
	if (wanted === "*") return true;
	return wanted.startsWith("*.")
		? host.endsWith(wanted.slice(1))
		: host === wanted;
}
