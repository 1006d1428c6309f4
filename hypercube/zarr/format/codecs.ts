import { promisify } from "node:util";
import { gunzip, inflate, zstdDecompress } from "node:zlib";
import { registry } from "zarrita";
import { BrokenField } from "../../cube/field.ts";
import { crc32c } from "./crc32c.ts";
import { product } from "./meta.ts";
import { octetsOf } from "./types.ts";

/** Decodes to at most so many octets. */
type Decode = (bytes: Uint8Array, most: number) => Promise<Uint8Array>;

/** What zarrita brings, before it is replaced: WebAssembly, loaded when a chunk needs it. */
const library = { blosc: broughtBy("blosc"), lz4: broughtBy("lz4") };

function broughtBy(name: string): (bytes: Uint8Array) => Promise<Uint8Array> {
	const load = registry.get(name);
	return async (bytes) => {
		const entry = await load?.();
		if (!entry) throw new Error(`zarrita has no codec ${name}`);
		const meta = {
			dataType: "uint8",
			shape: [],
			codecs: [],
			fillValue: 0,
		} as const;
		return entry
			.fromConfig(
				{ clevel: 5, cname: "lz4", shuffle: 1 },
				{ ...meta, shape: [], codecs: [] },
			)
			.decode(bytes);
	};
}

/**
 * Codecs in place of zarrita's own where those would inflate a chunk to whatever it likes: each here stops at what the
 * metadata say that a chunk has. (`maxOutputLength` bounds those of Node.js; the others say their length first.)
 */
const decoders: Readonly<Record<string, Decode>> = {
	gzip: bounded(promisify(gunzip)),
	zlib: bounded(promisify(inflate)),
	zstd: bounded(promisify(zstdDecompress)),
	blosc: (bytes, most) => {
		// Blosc 1: the length decoded at octet 4, the length of the chunk itself at octet 12.
		checkLength(bytes, { headerLength: 16, at: 4, most });
		const own = viewOf(bytes).getUint32(12, true);
		if (own > bytes.length)
			throw new BrokenField("a chunk of Blosc is cut off");
		return library.blosc(bytes);
	},
	lz4: (bytes, most) => {
		checkLength(bytes, { headerLength: 4, at: 0, most });
		return library.lz4(bytes);
	},
	crc32c: async (bytes) => checked(bytes),
};

function bounded(
	decode: (
		bytes: Uint8Array,
		options: { maxOutputLength: number; chunkSize: number },
	) => Promise<Uint8Array>,
): Decode {
	return async (bytes, most) => {
		try {
			// In one piece: each further one is a turn of the event loop, and a copy.
			const chunkSize = Math.max(64, most + 1);
			return await decode(bytes, { maxOutputLength: most, chunkSize });
		} catch (cause) {
			const code = cause instanceof Error && "code" in cause ? cause.code : "";
			if (code !== "ERR_BUFFER_TOO_LARGE") throw cause;
			throw new BrokenField(
				`a chunk inflates to more than its ${most} octets`,
				{ cause },
			);
		}
	};
}

function checkLength(
	bytes: Uint8Array,
	{
		headerLength,
		at,
		most,
	}: { headerLength: number; at: number; most: number },
): void {
	if (bytes.length < headerLength) throw new BrokenField("a chunk is cut off");
	const length = viewOf(bytes).getUint32(at, true);
	if (length > most)
		throw new BrokenField(
			`a chunk says that it has ${length} octets, more than its ${most}`,
		);
}

function checked(bytes: Uint8Array): Uint8Array {
	if (bytes.length < 4) throw new BrokenField("a chunk is cut off");
	const content = bytes.subarray(0, bytes.length - 4);
	if (crc32c(content) !== viewOf(bytes).getUint32(content.length, true))
		throw new BrokenField("a chunk does not have its checksum");
	return content;
}

const viewOf = (bytes: Uint8Array): DataView =>
	new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Octets beside the values of a chunk that another codec beneath may have added: checksums. */
const slack = 64;

const octets: Readonly<Record<string, number>> = octetsOf;

let registered = false;

/** Puts our codecs into zarrita's table, which is one for the process. */
export function useBoundedCodecs(): void {
	if (registered) return;
	registered = true;
	for (const [name, decode] of Object.entries(decoders)) {
		const entry = async () => ({
			fromConfig: (
				_: unknown,
				meta: { readonly shape: readonly number[]; readonly dataType: string },
			) => {
				const most = product(meta.shape) * (octets[meta.dataType] ?? 0) + slack;
				return {
					kind: "bytes_to_bytes" as const,
					encode: () => {
						throw new Error("chunks are read only");
					},
					decode: (bytes: Uint8Array) => decode(bytes, most),
				};
			},
		});
		registry.set(name, entry).set(`numcodecs.${name}`, entry);
	}
}
