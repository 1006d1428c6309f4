import { type Datasource, DatasourceError } from "./datasource.ts";

export interface RaiseOptions {
	readonly message: string;
	/** So many times each request meets a temporary fault; then it is answered. Undefined: it fails for good at once. */
	readonly temporary?: number;
	/** Milliseconds before which it asks not to be tried again. */
	readonly retryAfter?: number;
}

/** Fails, with the configured message: for trying how failures look, and how they pass. */
export const openRaise = ({
	message,
	temporary,
	retryAfter,
}: RaiseOptions): Datasource => ({
	async retrieve({ retries }) {
		if (temporary === undefined) throw new DatasourceError(message);
		if (retries < temporary)
			throw new DatasourceError(message, {
				retry: true,
				...(retryAfter !== undefined && { retryAfter }),
			});
		const bytes = Buffer.from(`served after ${retries} temporary faults\n`);
		return {
			mediaType: "application/octet-stream",
			length: bytes.length,
			stream: one(bytes),
		};
	},
});

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
	yield bytes;
}
