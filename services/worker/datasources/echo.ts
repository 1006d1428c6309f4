import type { Datasource } from "./datasource.ts";

/** Gives the request back: text verbatim, objects as JSON. */
export const openEcho = (): Datasource => ({
	retrieve: ({ posted }) => {
		const bytes = Buffer.from(posted, "utf8");
		return Promise.resolve({
			mediaType: "application/octet-stream",
			length: bytes.length,
			stream: once(bytes),
		});
	},
});

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
	if (bytes.length > 0) yield bytes;
}
