import type { Config } from "../services/platform/config/schema.ts";
import { Problem } from "./problem.ts";

/** One who reads events. */
export interface Listener {
	/** Time to say that the connection lives. */
	beat(): void;
	/** It has listened for long enough, or everything stops. */
	leave(): void;
}

/** All who read events from this gateway. */
export interface Listeners extends Disposable {
	/** Until the answer is disposed of. @throws Problem when there are too many */
	add(userId: string, listener: Listener): Disposable;
}

/** Milliseconds between signs of life: proxies give up connections that are silent for a minute. */
const BEAT_MS = 15_000;

/** @param rejectStatus of a refusal: 403, or 429 where that is configured */
export function openListeners(
	limits: Config["http"]["limits"]["events"],
	rejectStatus: number,
): Listeners {
	const all = new Set<Listener>();
	const users = new Map<string, number>();
	const beating = setInterval(() => {
		for (const one of all) one.beat();
	}, BEAT_MS);
	beating.unref();
	let closed = false;
	return {
		add(userId, listener) {
			if (closed) throw new Problem(503, "The server stops", AGAIN);
			const mine = users.get(userId) ?? 0;
			if (mine >= limits.per_user)
				throw new Problem(
					rejectStatus,
					`You listen to ${mine} requests already, which is as many as you may: end some, or poll`,
					AGAIN,
				);
			if (all.size >= limits.total)
				throw new Problem(
					rejectStatus,
					"Too many listen to requests at this server now: poll instead",
					AGAIN,
				);
			users.set(userId, mine + 1);
			all.add(listener);
			const enough = setTimeout(() => listener.leave(), limits.duration);
			enough.unref();
			return {
				[Symbol.dispose]() {
					clearTimeout(enough);
					if (!all.delete(listener)) return;
					const left = (users.get(userId) ?? 1) - 1;
					if (left === 0) users.delete(userId);
					else users.set(userId, left);
				},
			};
		},
		[Symbol.dispose]() {
			closed = true;
			clearInterval(beating);
			for (const one of [...all]) one.leave();
		},
	};
}

const AGAIN = { "retry-after": "5" };
