import type { Client } from "@connectrpc/connect";
import {
	type Request,
	Status,
	type StoreService,
} from "../gen/polytope/store/v1/store_pb.js";
import { follow } from "../services/platform/follow.ts";
import type { Log } from "../services/platform/log.ts";

/** Who follows which requests. */
export interface Following extends AsyncDisposable {
	/**
	 * Tells what a request is now: soon, whenever its status changes, and every second while it runs. Undefined: it is
	 * not there (any more). Until the answer is disposed of.
	 */
	follow(id: string, tell: Tell): Disposable;
}

export type Tell = (request: Request | undefined) => void;

/** How often running requests are looked at, for their progress, in milliseconds. */
const PROGRESS_MS = 1_000;
/** Changes that come within this time, in milliseconds, share one call. */
const TOGETHER_MS = 20;
/** Milliseconds before a read that failed is made again. */
const AGAIN_MS = 1_000;
/** Requests that are read in one call at most. */
const READ = 256;

interface Followed {
	readonly tells: Set<Tell>;
	running: boolean;
}

/**
 * However many follow however many requests, there is one stream of the store and one read at a time, of what has
 * changed or runs; nobody follows, nothing is asked.
 */
export function openFollowing(
	store: Client<typeof StoreService>,
	log: Log,
): Following {
	const followed = new Map<string, Followed>();
	const due = new Set<string>();
	let timer: NodeJS.Timeout | undefined;
	let reading = false;
	let watch: Disposable | undefined;
	let ended: Promise<void> = Promise.resolve();

	const readSoon = (ms = TOGETHER_MS): void => {
		if (due.size === 0 || reading || timer !== undefined) return;
		timer = setTimeout(() => {
			timer = undefined;
			void read();
		}, ms);
	};
	const read = async (): Promise<void> => {
		const ids = [...due].slice(0, READ);
		if (ids.length === 0) return;
		reading = true;
		for (const id of ids) due.delete(id);
		let failed = false;
		try {
			const { requests } = await store.getMany({ ids });
			const found = new Map(requests.map((one) => [one.id, one]));
			for (const id of ids) tellAll(followed.get(id), found.get(id));
		} catch (reason) {
			failed = true;
			log.debug(
				{ event: "following.failed", err: reason },
				"requests that are followed could not be read",
			);
			for (const id of ids) if (followed.has(id)) due.add(id);
		}
		reading = false;
		readSoon(failed ? AGAIN_MS : TOGETHER_MS);
	};
	const listen = (): Disposable => {
		const stop = new AbortController();
		const ticking = setInterval(() => {
			for (const [id, { running }] of followed) if (running) due.add(id);
			readSoon();
		}, PROGRESS_MS);
		const listening = follow(
			store,
			[],
			(changes) => {
				if (changes.length === 0) for (const id of followed.keys()) due.add(id);
				for (const { requestId } of changes)
					if (followed.has(requestId)) due.add(requestId);
				readSoon();
			},
			log,
			stop.signal,
		);
		ended = Promise.all([ended, listening]).then(() => undefined);
		return {
			[Symbol.dispose]() {
				clearInterval(ticking);
				stop.abort();
			},
		};
	};
	const leave = (id: string, one: Followed, tell: Tell): void => {
		one.tells.delete(tell);
		if (one.tells.size > 0 || followed.get(id) !== one) return;
		followed.delete(id);
		due.delete(id);
		if (followed.size > 0) return;
		watch?.[Symbol.dispose]();
		watch = undefined;
	};
	return {
		follow(id, tell) {
			const one = followed.get(id) ?? { tells: new Set(), running: false };
			followed.set(id, one);
			one.tells.add(tell);
			watch ??= listen();
			due.add(id);
			readSoon();
			return { [Symbol.dispose]: () => leave(id, one, tell) };
		},
		async [Symbol.asyncDispose]() {
			followed.clear();
			due.clear();
			clearTimeout(timer);
			watch?.[Symbol.dispose]();
			watch = undefined;
			await ended;
		},
	};
}

function tellAll(
	followed: Followed | undefined,
	request: Request | undefined,
): void {
	if (followed === undefined) return;
	followed.running = request?.status === Status.PROCESSING;
	for (const tell of [...followed.tells]) tell(request);
}
