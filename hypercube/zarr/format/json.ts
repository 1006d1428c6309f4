/** Octets of metadata at most: consolidated ones of large stores have some megabytes. */
export const mostMetadata = 64 * 1024 * 1024;

/**
 * JSON as Python writes it: bare NaN and Infinity become text.
 * @throws SyntaxError
 */
export function parseJson(bytes: Uint8Array): unknown {
	const text = new TextDecoder().decode(bytes);
	try {
		return JSON.parse(text);
	} catch (error) {
		if (!/NaN|Infinity/.test(text)) throw error;
		const plain = text.replace(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g, (found) =>
			found.startsWith('"') ? found : `"${found}"`,
		);
		return JSON.parse(plain);
	}
}
