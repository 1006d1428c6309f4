/**
 * The target of a request as it is routed: without the origin of an absolute form, slashes and `/./` collapsed, no
 * slash at the end. An address that ends with a slash makes polytope-client ask for `//api/v1/...`, real clients
 * follow `./<id>` literally, and the Rust client asks for `/api/v1/requests/`.
 */
export function tidyTarget(target: string): string {
	if (!needsTidying(target)) return target;
	const mark = target.indexOf("?");
	const path = mark === -1 ? target : target.slice(0, mark);
	const query = mark === -1 ? "" : target.slice(mark);
	return tidyPath(path) + query;
}

const needsTidying = (target: string): boolean =>
	target.charCodeAt(0) !== 47 ||
	target.includes("//") ||
	target.includes("/.") ||
	target.includes("/?") ||
	target.endsWith("/");

function tidyPath(path: string): string {
	const origin = /^https?:\/\/[^/]*/i.exec(path);
	const rest = origin === null ? path : path.slice(origin[0].length);
	const tidy = rest.replace(/\/(?:\.?\/)+/g, "/").replace(/\/\.?$/, "");
	return tidy.startsWith("/") || tidy === "*" ? tidy : `/${tidy}`;
}
