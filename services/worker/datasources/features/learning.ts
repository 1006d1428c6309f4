import type { Archive } from "../../../../hypercube/archive/archive.ts";
import {
	type IndexedFile,
	partsOf,
} from "../../../../hypercube/archive/select.ts";
import { tableOf } from "../../../../hypercube/archive/table.ts";
import type { Task } from "./protocol.ts";
import type { Threads } from "./threads.ts";

/** Where what is learnt is kept, and how files elsewhere are reached. */
type FilesAround = Pick<ArchiveSource, "indexFolder" | "access">;
type ArchiveSource = Extract<Task["source"], { kind: "archive" }>;

/**
 * Learns of each file, once it is indexed, what the first reader of its messages would have to learn. One file after the
 * other, in a thread, beside the requests.
 */
export class Learning {
	readonly #archive: Archive;
	readonly #files: FilesAround;
	readonly #threads: Threads;
	readonly #signal: AbortSignal;
	readonly #seen = new WeakSet<IndexedFile>();
	#last: Promise<void> = Promise.resolve();

	constructor(
		archive: Archive,
		files: FilesAround,
		threads: Threads,
		signal: AbortSignal,
	) {
		this.#archive = archive;
		this.#files = files;
		this.#threads = threads;
		this.#signal = signal;
	}

	/** Sees to the files that were indexed since it last looked. */
	look(): void {
		for (const file of this.#archive.indexed()) {
			if (this.#seen.has(file)) continue;
			this.#seen.add(file);
			this.#last = this.#last.then(() => this.#learn(file));
		}
	}

	/** Resolves when all is learnt of the files that were there at the last look. */
	done(): Promise<void> {
		return this.#last;
	}

	async #learn(file: IndexedFile): Promise<void> {
		try {
			const table = tableOf(partsOf(file));
			await this.#threads.learn(
				{ kind: "archive", table, ...this.#files },
				this.#signal,
			);
		} catch {
			// The process ends, the file has changed, a thread died: what was not learnt is learnt by who reads it first.
		}
	}
}
