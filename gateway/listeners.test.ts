import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Listener, openListeners } from "./listeners.ts";
import { Problem } from "./problem.ts";

const limits = { per_user: 2, total: 3, duration: 60_000 };

beforeEach(() => {
	vi.useFakeTimers();
});
afterEach(() => {
	vi.useRealTimers();
});

/** Counts what it is told. */
function listener(): Listener & { beats: number; left: boolean } {
	return {
		beats: 0,
		left: false,
		beat() {
			this.beats += 1;
		},
		leave() {
			this.left = true;
		},
	};
}

test("each is given a sign of life every 15 s, less than proxies wait, and is asked to come anew in the end", () => {
	using listeners = openListeners(limits, 403);
	const one = listener();
	listeners.add("me", one);
	vi.advanceTimersByTime(45_000);
	expect([one.beats, one.left]).toEqual([3, false]);
	vi.advanceTimersByTime(15_000);
	expect(one.left).toBe(true);
});

test("who has left is told nothing more, and makes room", () => {
	using listeners = openListeners(limits, 403);
	const one = listener();
	const place = listeners.add("me", one);
	listeners.add("me", listener());
	expect(() => listeners.add("me", listener())).toThrow(/listen to 2 requests/);
	place[Symbol.dispose]();
	vi.advanceTimersByTime(limits.duration);
	expect([one.beats, one.left]).toEqual([0, false]);
	listeners.add("me", listener());
	listeners.add("you", listener());
	expect(() => listeners.add("they", listener())).toThrow(/Too many listen/);
});

test("when it stops all leave, and nobody comes", () => {
	const listeners = openListeners(limits, 403);
	const one = listener();
	listeners.add("me", one);
	listeners[Symbol.dispose]();
	expect(one.left).toBe(true);
	expect(() => listeners.add("me", listener())).toThrow(Problem);
});
