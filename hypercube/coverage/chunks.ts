/** Characters from which on a chunk goes out: large enough that its price is its bytes, small against any memory. */
const ENOUGH = 1 << 16;

/**
 * Gathers pieces of text into chunks of UTF-8. The first piece goes out on its own, so the reader has a first byte
 * before a value is read; what follows in chunks of 64 KiB and more. Pieces are pulled when a chunk is pulled.
 *
 * @throws the signal's reason, between two pieces
 */
export async function* chunks(
	pieces: AsyncIterable<string>,
	signal?: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
	const utf8 = new TextEncoder();
	let enough = 1;
	let text = "";
	for await (const piece of pieces) {
		signal?.throwIfAborted();
		text += piece;
		if (text.length < enough) continue;
		yield utf8.encode(text);
		text = "";
		enough = ENOUGH;
	}
	if (text !== "") yield utf8.encode(text);
}
