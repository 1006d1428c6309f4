import type { Usage } from "./objects.ts";

/** Counts one folder as it lies. */
export type CountFolder = (
	folder: string,
) => Promise<{ readonly bytes: number; readonly objects: number }>;

/** How much lies in a set of folders, kept true by small steps after one count in the background. */
export interface Tally {
	/**
	 * To be awaited before anything in a folder is changed: the folder is then counted, so that the change is not seen
	 * twice. Costs something only while the first count has not come to this folder.
	 */
	before(folder: string): Promise<void>;
	/** Notes a change. */
	add(bytes: number, objects: number): void;
	usage(): Usage;
	/** Ends the first count where it is. */
	stop(): void;
	/** Settles with the end of the first count. */
	counted(): Promise<void>;
}

/**
 * Starts counting `folders`, those that exist now. A folder that is made later is empty at first and needs no count.
 * 10⁶ objects take some ten seconds to count, which nobody waits for: only a change waits, for its own folder.
 */
export function openTally(
	folders: readonly string[],
	count: CountFolder,
): Tally {
	let bytes = 0;
	let objects = 0;
	let counting = true;
	let stopped = false;
	const pending = new Map<string, Promise<void> | undefined>(
		folders.map((folder) => [folder, undefined]),
	);
	const add = (moreBytes: number, moreObjects: number): void => {
		bytes += moreBytes;
		objects += moreObjects;
	};
	async function countNow(folder: string): Promise<void> {
		try {
			const found = await count(folder);
			add(found.bytes, found.objects);
			pending.delete(folder);
		} catch (reason) {
			pending.set(folder, undefined); // so that the next one who comes tries again
			throw reason;
		}
	}
	async function before(folder: string): Promise<void> {
		if (!pending.has(folder)) return;
		const running = pending.get(folder) ?? countNow(folder);
		pending.set(folder, running);
		await running;
	}
	async function countAll(): Promise<void> {
		for (const folder of folders) {
			if (stopped) return;
			await before(folder);
		}
		counting = false;
	}
	const all = countAll();
	all.catch(() => undefined);
	return {
		before,
		add,
		usage: () => ({ bytes, objects, counting }),
		stop: () => {
			stopped = true;
		},
		counted: () => all,
	};
}
