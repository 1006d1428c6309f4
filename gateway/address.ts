import type { IncomingMessage } from "node:http";
import { isIPv6 } from "node:net";
import proxyAddr from "proxy-addr";

/**
 * Where a request comes from: the peer, or what trusted proxies say of theirs. Whoever has one IPv6 address has 2⁶⁴ of
 * them, so their network stands for them all.
 *
 * @throws TypeError when a trusted proxy is neither an address, a network nor a known name
 */
export function addressReader(
	trustedProxies: readonly string[],
): (request: IncomingMessage) => string {
	const trusts = proxyAddr.compile([...trustedProxies]);
	return (request) => networkOf(proxyAddr(request, trusts));
}

/** The first 64 bits of an IPv6 address; an IPv4 address as it is, also where it came as `::ffff:a.b.c.d`. */
export function networkOf(address: string): string {
	const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
	if (mapped !== undefined) return mapped;
	if (!isIPv6(address)) return address;
	const [head = "", tail] = address.replace(/%.*$/, "").split("::");
	const front = groupsOf(head);
	const back = groupsOf(tail ?? "");
	const zeros = tail === undefined ? 0 : 8 - front.length - back.length;
	const groups = [...front, ...Array<string>(zeros).fill("0"), ...back];
	return `${groups.slice(0, 4).join(":")}::/64`;
}

const groupsOf = (text: string): string[] =>
	text === ""
		? []
		: text.split(":").map((group) => Number.parseInt(group, 16).toString(16));
