/**
 * The Content-Disposition header that saves a download under its name (RFC 6266): a plain name for every client, and
 * the true one beside it where that has other letters.
 */
export function attachment(fileName: string): string {
	const plain = fileName
		.normalize("NFKD")
		.replace(/\p{M}/gu, "")
		.replace(/[^\x20-\x7e]|["\\%/]/gu, "_");
	const header = `attachment; filename="${plain}"`;
	return plain === fileName
		? header
		: `${header}; filename*=UTF-8''${encodeExtended(fileName)}`;
}

/** Percent-encoding of RFC 8187, which allows fewer characters than a URL does. */
const encodeExtended = (text: string): string =>
	encodeURIComponent(text.toWellFormed()).replace(
		/['()*]/g,
		(char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
	);
