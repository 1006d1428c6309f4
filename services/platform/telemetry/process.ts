import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { INSTRUMENTS } from "./instruments.ts";

/** Milliseconds between samples of the event loop's delay: often enough for a percentile, too seldom to be felt. */
const RESOLUTION_MS = 20;
const NANO = 1e-9;
const MICRO = 1e-6;

/** Shows this process's event loop, processor and memory until disposed. Once in a process. */
export function watchProcess(): Disposable {
	const stack = new DisposableStack();
	watchLoop(stack);
	stack.use(
		INSTRUMENTS.cpu.watch(() => {
			const { user, system } = process.cpuUsage();
			return [
				[user * MICRO, { "cpu.mode": "user" }],
				[system * MICRO, { "cpu.mode": "system" }],
			];
		}),
	);
	stack.use(INSTRUMENTS.memory.watch(() => [[process.memoryUsage.rss(), {}]]));
	stack.use(
		INSTRUMENTS.heap.watch(() => [[process.memoryUsage().heapUsed, {}]]),
	);
	stack.use(INSTRUMENTS.uptime.watch(() => [[process.uptime(), {}]]));
	return stack;
}

function watchLoop(stack: DisposableStack): void {
	const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
	delay.enable();
	stack.defer(() => void delay.disable());
	stack.use(
		INSTRUMENTS.loopDelay.watch(() => {
			// It measures whole intervals: what is beyond the one that was asked for is the delay.
			const late = (ns: number): number =>
				Number.isFinite(ns) ? Math.max(0, ns * NANO - RESOLUTION_MS / 1000) : 0;
			const shown = {
				mean: late(delay.mean),
				p50: late(delay.percentile(50)),
				p90: late(delay.percentile(90)),
				p99: late(delay.percentile(99)),
				max: late(delay.max),
			};
			delay.reset();
			return Object.entries(shown).map(
				([statistic, value]) =>
					[value, { "polytope.statistic": statistic }] as const,
			);
		}),
	);
	let before = performance.eventLoopUtilization();
	stack.use(
		INSTRUMENTS.loopUse.watch(() => {
			const now = performance.eventLoopUtilization();
			const { utilization } = performance.eventLoopUtilization(now, before);
			before = now;
			return [[utilization, {}]];
		}),
	);
}
