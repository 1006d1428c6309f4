import type { IncomingMessage } from "node:http";
import proxyAddr from "proxy-addr";
import { Problem } from "./problem.ts";

/** A host name, an IPv4 address or a bracketed IPv6 address, with or without a port. */
const HOST = /^(?:[a-z0-9_.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i;
const PREFIX = /^(?:\/[\w.~-]+)+$/;

/** Whether a `Host` header may be answered at all. */
export const isHost = (text: string): boolean => HOST.test(text);

/**
 * How absolute URLs begin: the configured public URL, else what a trusted proxy said, else the `Host` of the request.
 *
 * Of several proxies in a row the last one's word counts: it is the one that is trusted.
 *
 * @throws TypeError when a trusted proxy is neither an address, a network nor a known name
 */
export function originReader(options: {
	readonly publicUrl?: string | undefined;
	readonly trustedProxies: readonly string[];
}): (request: IncomingMessage) => string {
	if (options.publicUrl !== undefined) {
		const fixed = options.publicUrl.replace(/\/+$/, "");
		return () => fixed;
	}
	const trusts = proxyAddr.compile([...options.trustedProxies]);
	return (request) => {
		const from = request.socket.remoteAddress;
		const trusted = from !== undefined && trusts(from, 0);
		return trusted ? forwarded(request) : plain(request);
	};
}

function forwarded(request: IncomingMessage): string {
	const host = last(request, "x-forwarded-host");
	const proto = last(request, "x-forwarded-proto").toLowerCase();
	const prefix = last(request, "x-forwarded-prefix").replace(/\/+$/, "");
	const base = isHost(host) ? `http://${host}` : plain(request);
	const scheme = proto === "https" ? base.replace(/^http:/, "https:") : base;
	return PREFIX.test(prefix) ? scheme + prefix : scheme;
}

function plain(request: IncomingMessage): string {
	const { host } = request.headers;
	if (host !== undefined && isHost(host)) return `http://${host}`;
	// HTTP/1.0 has no Host: the address the client reached is the best there is.
	const { localAddress, localPort } = request.socket;
	if (localAddress === undefined)
		throw new Problem(400, "The request has no usable Host header");
	const name = localAddress.includes(":") ? `[${localAddress}]` : localAddress;
	return `http://${name}:${localPort}`;
}

function last(request: IncomingMessage, name: string): string {
	const value = request.headers[name];
	const text = Array.isArray(value) ? value.join(",") : (value ?? "");
	return text.slice(text.lastIndexOf(",") + 1).trim();
}
