import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { type Caller, callerOf, download, sha256 } from "../kit/caller.ts";
import { type Product, startProduct } from "../kit/product.ts";
import { until } from "../kit/until.ts";

/** Milliseconds in which everything ends after a restart: far less than the lease, or a look for lost dispatches. */
const SOON_MS = 12_000;
const CONFIG = join(import.meta.dirname, "config.yaml");
const CHUNK = 2 * 1024 * 1024;

/** What became of a request that was accepted: the hash of its content, or the status code of its poll. */
type Fate = string | number;

/** A data folder and everything that was ever accepted on it. */
export interface Life {
	readonly data: string;
	readonly product: () => Product;
	readonly caller: () => Caller;
	/** Submits text to echo; it must come back. */
	echo(headers?: Readonly<Record<string, string>>): Promise<string>;
	/** Submits to a dummy collection, so many chunks of 2 MiB. */
	dummy(collection: string, chunks: number): Promise<string>;
	/** A request whose poll must end with this code. */
	expectEnd(id: string, code: number): void;
	start(): Promise<void>;
	/** Bytes that lie in staging, finished or not. */
	staged(): Promise<number>;
	status(id: string): Promise<string | undefined>;
	/** Everything ever accepted has ended as it must; content that is new is downloaded twice. */
	allEnded(): Promise<void>;
	/** Every content that there ever was is still the same. */
	sameContent(): Promise<void>;
}

export function openLife(data: string): Life {
	const fates = new Map<string, Fate>();
	const keys = new Map<string, string>();
	let product: Product | undefined;
	let texts = 0;
	const running = (): Product => {
		if (product === undefined) throw new Error("nothing runs");
		return product;
	};
	const caller = (): Caller => callerOf(running().url);
	return {
		data,
		product: running,
		caller,
		async start() {
			product = await startProduct({ data, config: [CONFIG] });
		},
		async echo(headers) {
			texts += 1;
			const text = `text ${texts}`;
			const id = await caller().submit("echo", text, headers);
			fates.set(id, sha256(text));
			return id;
		},
		async dummy(collection, chunks) {
			const size = chunks * CHUNK;
			const id = await caller().submit(collection, { size: `${size}` });
			fates.set(id, sha256(Buffer.alloc(size, "x")));
			return id;
		},
		expectEnd: (id, code) => void fates.set(id, code),
		staged: () => bytesIn(join(data, "staging")),
		status: async (id) => (await caller().record(id))?.status,
		async allEnded() {
			await until("all end", () => isIdle(caller()), SOON_MS);
			const listed = new Set((await caller().list()).map(({ id }) => id));
			for (const [id, fate] of fates) {
				const { code, location } = await caller().poll(id);
				expect(code, id).toBe(typeof fate === "number" ? fate : 303);
				expect(listed.has(id), id).toBe(fate !== 404);
				if (typeof fate === "number") continue;
				const key = new URL(location).pathname;
				const times = keys.has(id) ? 0 : 2;
				for (let time = 0; time < times; time += 1)
					expect(sha256(await download(location)), id).toBe(fate);
				// What was ready stays where it was: nothing is served again to other content.
				expect(keys.get(id) ?? key, id).toBe(key);
				keys.set(id, key);
			}
		},
		async sameContent() {
			for (const [id, fate] of fates) {
				if (typeof fate === "number") continue;
				const { location } = await caller().poll(id);
				expect(sha256(await download(location)), id).toBe(fate);
			}
		},
	};
}

const FINAL = ["processed", "failed", "cancelled"];

const isIdle = async (caller: Caller): Promise<boolean> =>
	(await caller.list()).every(({ status }) => FINAL.includes(status));

async function bytesIn(folder: string): Promise<number> {
	const entries = await readdir(folder, {
		recursive: true,
		withFileTypes: true,
	}).catch(() => []);
	const sizes = entries
		.filter((entry) => entry.isFile())
		.map((entry) =>
			stat(join(entry.parentPath, entry.name)).then(
				({ size }) => size,
				() => 0,
			),
		);
	return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
