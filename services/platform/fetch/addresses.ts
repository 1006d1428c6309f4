import ipaddr from "ipaddr.js";

/** The address that is meant: `::ffff:10.0.0.1` is `10.0.0.1`. Undefined for what is none. */
function addressOf(text: string) {
	const bare = text.replace(/^\[|\]$/g, "").replace(/%.*$/, "");
	return ipaddr.isValid(bare) ? ipaddr.process(bare) : undefined;
}

export const isAddress = (text: string): boolean =>
	addressOf(text) !== undefined;

export const isNetwork = (text: string): boolean => ipaddr.isValidCIDR(text);

/**
 * Whether an address belongs to the public network (of the IANA's registries: no private, local, shared, mapped or
 * reserved range), or to one of the networks given.
 */
export function isReachable(
	text: string,
	networks: readonly string[],
): boolean {
	const address = addressOf(text);
	if (address === undefined) return false;
	if (address.range() === "unicast") return true;
	return networks.some((network) => {
		const [base, bits] = ipaddr.parseCIDR(network);
		return address.kind() === base.kind() && address.match([base, bits]);
	});
}
