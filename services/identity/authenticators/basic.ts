import { hasControls } from "../authorization.ts";

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export interface NameAndPassword {
	readonly uid: string;
	readonly password: string;
}

/**
 * User and password of Basic credentials; `undefined` for what is not base64, has no colon or control characters. Text is
 * UTF-8, else Latin-1: clients send either.
 */
export function decodeBasic(value: string): NameAndPassword | undefined {
	if (value.length > 4096 || !BASE64.test(value)) return undefined;
	const text = decoded(Buffer.from(value, "base64"));
	const colon = text.indexOf(":");
	if (colon < 1 || hasControls(text)) return undefined;
	return { uid: text.slice(0, colon), password: text.slice(colon + 1) };
}

function decoded(bytes: Buffer): string {
	try {
		return UTF8.decode(bytes);
	} catch {
		return bytes.toString("latin1");
	}
}
