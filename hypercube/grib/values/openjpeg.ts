import factory from "@cornerstonejs/codec-openjpeg/decodewasmjs";

/** Decodes a codestream; the pixels of one component, each of one or two octets. */
export type OpenJpeg = (codestream: Uint8Array) => Uint8ClampedArray;

/** OpenJPEG, compiled to WebAssembly: read from the package's folder, once a process or thread. */
export async function loadOpenJpeg(): Promise<OpenJpeg> {
	let said: string[] = [];
	const say = (line: string) => said.push(line);
	const { J2KDecoder } = await factory({ print: say, printErr: say });
	return (codestream) => {
		said = [];
		// Its memory is not the collector's: it is given back by hand.
		const decoder = new J2KDecoder();
		try {
			decoder.getEncodedBuffer(codestream.length).set(codestream);
			decoder.decode();
			const failed = said.find((line) => line.startsWith("[ERROR]"));
			if (failed !== undefined) throw new Error(failed.slice(8));
			return decoder.getDecodedBuffer();
		} finally {
			decoder.delete();
		}
	};
}
