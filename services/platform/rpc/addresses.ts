import { lookup } from "node:dns/promises";
import { isIP } from "node:net";

/** One place where a service may answer. */
export interface Address {
	/** `http://10.0.0.1:9001` */
	readonly url: string;
	/** The name that was configured, which its certificate must bear; undefined: the URL's own. */
	readonly name?: string;
}

/**
 * The places behind configured URLs: a name stands for all of its addresses, as of now.
 * @throws the error of a name that cannot be resolved, when nothing else is known
 */
export async function resolveAddresses(
	urls: readonly string[],
): Promise<Address[]> {
	const found = await Promise.allSettled(urls.map(addressesOf));
	const addresses = found.flatMap((one) =>
		one.status === "fulfilled" ? one.value : [],
	);
	const failed = found.find((one) => one.status === "rejected");
	if (addresses.length === 0 && failed !== undefined) throw failed.reason;
	return addresses;
}

async function addressesOf(url: string): Promise<Address[]> {
	const parsed = new URL(url);
	const host = parsed.hostname.replace(/^\[|\]$/g, "");
	if (isIP(host) !== 0) return [{ url }];
	const all = await lookup(host, { all: true });
	return all.map(({ address, family }) => {
		parsed.hostname = family === 6 ? `[${address}]` : address;
		return { url: parsed.origin, name: host };
	});
}

/** Whether any of the URLs has a name instead of an address, so that looking again may find others. */
export const haveNames = (urls: readonly string[]): boolean =>
	urls.some((url) => isIP(new URL(url).hostname.replace(/^\[|\]$/g, "")) === 0);
