import type { Piece } from "./format.ts";

/** Characters or octets from which on a chunk goes out: large enough that its price is its bytes, small against any memory. */
const ENOUGH = 1 << 16;

const utf8 = new TextEncoder();

/**
 * Gathers pieces of text or octets into chunks. The first piece goes out on its own, so the reader has a first byte
 * before a value is read; what follows in chunks of 64 KiB and more. Pieces are pulled when a chunk is pulled.
 *
 * @throws the signal's reason, between two pieces
 */
export async function* chunks(
	pieces: AsyncIterable<Piece>,
	signal?: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
	const gathered = new Gathered();
	let enough = 1;
	for await (const piece of pieces) {
		signal?.throwIfAborted();
		gathered.add(piece);
		if (gathered.length < enough) continue;
		yield gathered.take();
		enough = ENOUGH;
	}
	if (gathered.length > 0) yield gathered.take();
}

class Gathered {
	#text = "";
	#octets: Uint8Array[] = [];
	length = 0;

	add(piece: Piece): void {
		this.length += piece.length;
		if (typeof piece === "string") {
			this.#text += piece;
			return;
		}
		this.#encode();
		this.#octets.push(piece);
	}

	/** All of it, in memory of its own. */
	take(): Uint8Array<ArrayBuffer> {
		const text = this.#octets.length === 0 ? this.#text : undefined;
		if (text === undefined) this.#encode();
		const bytes = text === undefined ? joined(this.#octets) : utf8.encode(text);
		this.#text = "";
		this.#octets = [];
		this.length = 0;
		return bytes;
	}

	#encode(): void {
		if (this.#text !== "") this.#octets.push(utf8.encode(this.#text));
		this.#text = "";
	}
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
	const length = parts.reduce((sum, part) => sum + part.length, 0);
	const bytes = new Uint8Array(length);
	let at = 0;
	for (const part of parts) {
		bytes.set(part, at);
		at += part.length;
	}
	return bytes;
}
