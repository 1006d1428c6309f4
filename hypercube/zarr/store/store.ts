/** A part of an object: octets from `offset` on, or the last ones. */
export type Part =
	| { readonly offset: number; readonly length: number }
	| { readonly suffix: number };

export interface GetOptions {
	/** All of the object where it is left out. */
	readonly part?: Part;
	/** Octets at most: a longer object is refused before it fills the memory. */
	readonly most: number;
	readonly signal?: AbortSignal | undefined;
}

/** Where the objects of a Zarr lie: a folder, a web server, a bucket. */
export interface ObjectStore {
	/** What users are told it is called: without credentials, and without where it lies on this machine. */
	readonly name: string;
	/** Tells it from others; its name, where that does. */
	readonly id?: string;
	/**
	 * An object, or undefined where there is none of that key (`a/b`, relative to the root of the Zarr).
	 * @throws StoreError where it cannot be told, BrokenField for one that is longer than allowed.
	 */
	get(key: string, options: GetOptions): Promise<Uint8Array | undefined>;
	/** Names of what lies in the root, where the store can tell. */
	list?(): Promise<readonly string[]>;
}

/** The store does not answer, or not as it should. Tried again it may: nothing is wrong with the request. */
export class StoreError extends Error {
	override readonly name = "StoreError";
	/** Whether it may be another time: a server that fails, a connection lost. Not: access denied. */
	readonly temporary: boolean;
	/** Access is denied; S3 says so too of what is absent, where the bucket may not be listed. */
	readonly denied: boolean;

	constructor(
		message: string,
		{
			temporary = false,
			denied = false,
		}: { temporary?: boolean; denied?: boolean },
		options?: ErrorOptions,
	) {
		super(message, options);
		this.temporary = temporary;
		this.denied = denied;
	}
}

/**
 * Whether a key stays within the root: metadata name variables, and what they name is not to be trusted.
 */
export const isPlainKey = (key: string): boolean =>
	key.length <= 1024 &&
	!/[\\\0]/.test(key) &&
	key.split("/").every((name) => name !== "" && name !== "." && name !== "..");
