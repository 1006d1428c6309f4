/** Milliseconds. Handed in, so that a test may set it. */
export interface Clock {
	now(): number;
}

/** Wall-clock time since 1970, UTC. It jumps when somebody sets it: for what people read, and nothing else. */
export const systemClock: Clock = { now: () => Date.now() };

/** Since some moment, and never jumps: for how long something lasts within this process. */
export const steadyClock: Clock = { now: () => performance.now() };

/** Goes as another clock does, of which it hears now and then: in between, and while it hears nothing, steadily. */
export interface Follower extends Clock {
	/** @param theirs what the other clock has just shown */
	hear(theirs: number): void;
}

/** What is heard is late, and not always by as much: it sets the clock back only by more than this. Milliseconds. */
const LATE_MS = 100;

/** @param first what it shows, in whole milliseconds, until it has heard of the other one */
export function openFollower(first: Clock = systemClock): Follower {
	let ahead: number | undefined;
	return {
		now: () =>
			Math.round(ahead === undefined ? first.now() : performance.now() + ahead),
		hear(theirs) {
			const heard = theirs - performance.now();
			if (ahead === undefined || heard > ahead || heard < ahead - LATE_MS)
				ahead = heard;
		},
	};
}
