import { expect, test, vi } from "vitest";
import { openFollower, systemClock } from "./clock.ts";

test("a follower shows another clock's time, and goes on when nothing is heard", () => {
	const clock = openFollower();
	expect(Math.abs(clock.now() - systemClock.now())).toBeLessThan(1_000);
	clock.hear(5_000_000);
	expect(clock.now()).toBeGreaterThanOrEqual(5_000_000);
	expect(clock.now()).toBeLessThan(5_001_000);
	// Heard a little late: no reason to go back.
	const before = clock.now();
	clock.hear(before - 50);
	expect(clock.now()).toBeGreaterThanOrEqual(before);
	clock.hear(1_000);
	expect(clock.now()).toBeLessThan(2_000);
});

test("a follower does not jump with this host's clock", () => {
	const clock = openFollower();
	clock.hear(5_000_000);
	const wall = vi.spyOn(Date, "now").mockReturnValue(Date.now() + 3_600_000);
	expect(clock.now()).toBeLessThan(5_001_000);
	wall.mockRestore();
});
