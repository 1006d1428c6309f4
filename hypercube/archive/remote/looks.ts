import { ChangedFile } from "../../bytes/changed.ts";
import { Gate } from "../../bytes/gate.ts";
import { RemoteError } from "../../bytes/range.ts";
import type { RemoteFile, Remotes } from "./remotes.ts";

/** Milliseconds for which a look at another machine is good enough; a look costs requests there. */
const fresh = 60_000;
/** The same of a look that failed. */
const freshFailure = 10_000;

/** Looks at a time. */
const atATime = 8;

/** What a path on another machine led to, when somebody last looked. */
export interface Looked {
	readonly files: readonly RemoteFile[];
	/** Why nobody can tell whether these are still all. */
	readonly problem?: Error;
}

interface Remembered extends Looked {
	readonly at: number;
}

/** Looks for the files of some paths, and remembers what it found for a while. */
export class Looks {
	readonly #remotes: Remotes;
	readonly #now: () => number;
	readonly #known = new Map<string, Remembered>();
	readonly #gate = new Gate(atATime);

	/** @param now milliseconds of a clock that never jumps */
	constructor(remotes: Remotes, now: () => number) {
		this.#remotes = remotes;
		this.#now = now;
	}

	/**
	 * The files of a path: as found by a look since that time, or a little while ago. While its server is away they are what
	 * they were: nobody forgets what lies there because of it.
	 *
	 * @throws the signal's reason
	 */
	async at(path: string, since: number, signal: AbortSignal): Promise<Looked> {
		const known = this.#known.get(path);
		if (known && this.#isGood(known, since)) return known;
		const at = this.#now();
		const looked = await this.#gate.pass(() => this.#look(path, signal));
		const found = { files: known?.files ?? [], ...looked, at };
		this.#known.set(path, found);
		return found;
	}

	/** When the path was looked at that was looked at longest ago. */
	oldest(): number {
		let oldest = Number.POSITIVE_INFINITY;
		for (const { at } of this.#known.values()) oldest = Math.min(oldest, at);
		return oldest;
	}

	#isGood({ at, problem }: Remembered, since: number): boolean {
		return at >= since && this.#now() - at < (problem ? freshFailure : fresh);
	}

	async #look(path: string, signal: AbortSignal) {
		try {
			return { files: await this.#remotes.find(path, signal) };
		} catch (error) {
			signal.throwIfAborted();
			return {
				problem: error instanceof Error ? error : new Error(String(error)),
			};
		}
	}
}

/** Why files are not there that may be there soon: a server does not answer, an object changed meanwhile. */
export type Away = RemoteError | ChangedFile;

/** The first such error. */
export const awayIn = (errors: readonly unknown[]): Away | undefined =>
	errors.find(
		(error) => error instanceof RemoteError || error instanceof ChangedFile,
	);
