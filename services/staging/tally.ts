import { pause } from "../platform/wait.ts";
import type { Usage } from "./objects.ts";

/** How much lies somewhere. */
export interface Counted {
	readonly bytes: number;
	readonly objects: number;
}

/** A place that is counted piece by piece: the folders of a disk, the keys of a bucket by their first letter. */
export interface Countable {
	/** The pieces that there are now. One that is missing is empty. */
	pieces(): Promise<readonly string[]>;
	/** Counts one piece as it lies. */
	count(piece: string): Promise<Counted>;
}

/** A change that is being made here; disposing ends it. */
export interface Change extends Disposable {
	/** Notes what has become of it. */
	add(bytes: number, objects: number): void;
}

/**
 * How much lies in a place, kept true by small steps after one count in the background. What other processes change is
 * seen when the pieces are counted again, which goes on for ever, slowly.
 */
export interface Tally {
	/**
	 * Opens a change, so that no count sees it half. Costs something only while the first count has not come to this
	 * piece: then it is counted now.
	 */
	change(piece: string): Promise<Change>;
	usage(): Usage;
	/** Counts all pieces again now. */
	again(): Promise<void>;
	/** Ends all counting where it is. */
	stop(): void;
	/** Resolves with the end of the first count. */
	counted(): Promise<void>;
}

/** Of its time, counting again takes one part in so many. */
const LEISURE = 50;
/** Milliseconds from one round to the next, at least. */
const ROUND_MS = 30_000;
/** Milliseconds after which a place that could not be counted is tried again. */
const RETRY_MS = 1_000;
/** A piece that was changed during so many counts in a row is believed the next one, though it may be off by those. */
const DOUBTS = 3;

interface Piece {
	bytes: number;
	objects: number;
	/** Set once the first count has come to it. */
	counted: boolean;
	/** Changes that are being made here, and that were made. */
	open: number;
	made: number;
	/** Counts in a row that said nothing. */
	doubts: number;
}

/** Starts counting. 10⁶ objects on a disk take some ten seconds, which nobody waits for: only a change, for its piece. */
export function openTally(place: Countable): Tally {
	const stopped = new AbortController();
	const pieces = new Map<string, Piece>();
	const running = new Map<string, Promise<void>>();
	let bytes = 0;
	let objects = 0;
	let counting = true;

	function pieceOf(name: string): Piece {
		const known = pieces.get(name);
		if (known !== undefined) return known;
		const made = {
			bytes: 0,
			objects: 0,
			counted: false,
			open: 0,
			made: 0,
			doubts: 0,
		};
		pieces.set(name, made);
		return made;
	}
	function add(piece: Piece, more: Counted): void {
		piece.bytes += more.bytes;
		piece.objects += more.objects;
		bytes += more.bytes;
		objects += more.objects;
	}
	/** Sets a piece right, unless something was changed here meanwhile. */
	async function count(name: string): Promise<void> {
		const piece = pieceOf(name);
		const { open, made } = piece;
		const found = await place.count(name);
		const quiet = open === 0 && piece.open === 0 && piece.made === made;
		if (!quiet && piece.counted && ++piece.doubts <= DOUBTS) return;
		piece.doubts = 0;
		piece.counted = true;
		add(piece, {
			bytes: found.bytes - piece.bytes,
			objects: found.objects - piece.objects,
		});
	}
	/** The first count of a piece, which all wait for who would change it: one for all of them. */
	function first(name: string): Promise<void> {
		const work =
			running.get(name) ?? count(name).finally(() => running.delete(name));
		running.set(name, work);
		return work;
	}
	async function change(name: string): Promise<Change> {
		const piece = pieceOf(name);
		if (!piece.counted) await first(name);
		piece.open += 1;
		return {
			add: (moreBytes, moreObjects) =>
				add(piece, { bytes: moreBytes, objects: moreObjects }),
			[Symbol.dispose]() {
				piece.open -= 1;
				piece.made += 1;
			},
		};
	}
	async function countAll(): Promise<void> {
		for (const name of await place.pieces()) {
			while (!stopped.signal.aborted && !pieceOf(name).counted)
				await first(name).catch(() => pause(RETRY_MS, stopped.signal));
		}
		counting = stopped.signal.aborted;
	}
	async function round(leisure: number): Promise<void> {
		for (const name of new Set([...pieces.keys(), ...(await place.pieces())])) {
			if (stopped.signal.aborted) return;
			const from = performance.now();
			await count(name);
			const taken = performance.now() - from;
			if (leisure > 0) await pause(taken * leisure, stopped.signal);
		}
	}
	async function goRound(): Promise<void> {
		while (!stopped.signal.aborted) {
			await pause(ROUND_MS, stopped.signal);
			// A place that is away keeps its numbers until it is back.
			await round(LEISURE).catch(() => undefined);
		}
	}
	const all = countAll();
	all.then(goRound, () => undefined);
	return {
		change,
		usage: () => ({ bytes, objects, counting }),
		again: () => round(0),
		stop: () => stopped.abort(),
		counted: () => all,
	};
}
