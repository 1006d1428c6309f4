declare module "@cornerstonejs/codec-openjpeg/decodewasmjs" {
	interface Decoder {
		/** A view of the codec's own memory, to be filled. */
		getEncodedBuffer(length: number): Uint8Array;
		decode(): void;
		/** A copy. */
		getDecodedBuffer(): Uint8ClampedArray;
		delete(): void;
	}
	interface Codec {
		readonly J2KDecoder: new () => Decoder;
	}
	const factory: (options: {
		readonly print: (line: string) => void;
		readonly printErr: (line: string) => void;
	}) => Promise<Codec>;
	export default factory;
}
