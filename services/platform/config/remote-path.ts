import { parseS3Address } from "../s3-address.ts";

/** What is wrong with a `path` that leads to another machine; empty for all others. Never with its query: it may be a secret. */
export function remotePathFault(path: string): string[] {
	const [, scheme] = /^([a-z][\w+.-]*):\/\//i.exec(path) ?? [];
	if (scheme === undefined) return [];
	if (!/^(?:https?|s3)$/i.test(scheme))
		return [`${scheme}: is not read; there are http:, https: and s3:`];
	const url = URL.parse(path);
	if (url === null || url.hostname === "")
		return ["a URL that cannot be understood"];
	if (url.username !== "" || url.password !== "")
		return ["credentials do not stand in URLs"];
	return url.protocol === "s3:" ? s3Fault(url) : [];
}

function s3Fault({ host, pathname, search }: URL): string[] {
	const [, bucket = ""] = pathname.split("/");
	try {
		parseS3Address(`s3://${host}/${bucket}${search}`);
		return [];
	} catch (reason) {
		return [reason instanceof Error ? reason.message : String(reason)];
	}
}
