/** Wall-clock time in milliseconds since 1970, UTC. The only way to it, so that a test may set it. */
export interface Clock {
	now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
