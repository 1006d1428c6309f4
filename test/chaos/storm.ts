import { setTimeout as pause } from "node:timers/promises";
import { cutOffBy } from "../../stack/interrupt.ts";
import type { RoleProcess } from "../../stack/process.ts";
import type { Servers } from "../../stack/servers.ts";
import type { Stack } from "../../stack/stack.ts";
import { type Fault, nameOf, type ServerName } from "./faults.ts";
import type { Journal } from "./journal.ts";

/** Blows that are under way at once. */
const AT_ONCE = 3;
const WATCH_MS = 200;
const MOST_STARTS = 5;
/** A process that drains needs some seconds. */
const LONGEST_END_MS = 30_000;

export interface Storm {
	readonly stack: Stack;
	readonly journal: Journal;
	/** Resolves when the run has come so far that the next blow may fall. */
	readonly turn: (struck: number) => Promise<void>;
	readonly onStruck: (struck: number) => void;
	readonly onEvent: (text: string) => void;
	/** Ends the storm at once; whoever lies then stays down. */
	readonly signal: AbortSignal;
}

/**
 * Strikes blow after blow, some at the same time, never two at the same one. In the end everything runs. What ends
 * without having been struck is started again, as whoever watches processes does. Nothing is under way when it returns.
 */
export async function storm(
	faults: readonly Fault[],
	it: Storm,
): Promise<void> {
	const { servers } = it.stack;
	if (servers === undefined) throw new Error("the servers are not ours");
	const held = new Set<string>();
	const under = new Set<Promise<void>>();
	const over = new AbortController();
	const watching = watch(it, held, over.signal);
	try {
		await strikeAll(faults, servers, it, { held, under });
		await Promise.all(under);
	} finally {
		over.abort();
		await Promise.all([...under, watching]);
	}
	await Promise.all(it.stack.processes.map((one) => serving(one, it)));
}

interface Struck {
	readonly held: Set<string>;
	readonly under: Set<Promise<void>>;
}

async function strikeAll(
	faults: readonly Fault[],
	servers: Servers,
	it: Storm,
	{ held, under }: Struck,
): Promise<void> {
	for (const [index, fault] of faults.entries()) {
		await it.turn(index);
		while (under.size >= AT_ONCE) await Promise.race(under);
		it.signal.throwIfAborted();
		const victim = await free(fault, it.stack, held, under);
		held.add(victim.name);
		it.journal.count(`kill.${nameOf(fault)}`);
		it.onEvent(`${index} ${victim.name} ${JSON.stringify(fault)}`);
		const blow = strike(fault, victim, servers, it)
			.catch((reason) => it.journal.violation(`${nameOf(fault)}: ${reason}`))
			.finally(() => {
				held.delete(victim.name);
				under.delete(blow);
			});
		under.add(blow);
		it.onStruck(index + 1);
	}
}

interface Victim {
	readonly name: string;
	readonly process?: RoleProcess;
}

/** The victim of a blow, once nobody else strikes it. */
async function free(
	fault: Fault,
	stack: Stack,
	held: ReadonlySet<string>,
	under: ReadonlySet<Promise<void>>,
): Promise<Victim> {
	for (;;) {
		const victim = victimOf(fault, stack);
		if (!held.has(victim.name)) return victim;
		await Promise.race(under);
	}
}

function victimOf(fault: Fault, stack: Stack): Victim {
	if (fault.kind === "server") return { name: fault.server };
	const all = stack.of(fault.role);
	const process = all[fault.replica % all.length];
	if (process === undefined) throw new Error(`there is no ${fault.role}`);
	return { name: process.name, process };
}

function strike(
	fault: Fault,
	{ process }: Victim,
	servers: Servers,
	it: Storm,
): Promise<void> {
	if (fault.kind === "server") return strikeServer(fault, servers, it);
	if (process === undefined) throw new Error("no process");
	return strikeProcess(fault, process, it);
}

async function strikeProcess(
	{ signal, downMs, killed, hasty }: Fault & { kind: "process" },
	victim: RoleProcess,
	it: Storm,
): Promise<void> {
	const { journal, signal: ended } = it;
	if (victim.pid() === undefined) await victim.start();
	if (signal === "SIGSTOP") {
		victim.signal("SIGSTOP");
		await pause(downMs, undefined, { signal: ended });
		if (!killed) return victim.signal("SIGCONT");
		await victim.kill();
	} else {
		if (signal === "SIGTERM") await end(victim, journal);
		else await victim.kill();
		await pause(downMs, undefined, { signal: ended });
	}
	await victim.start();
	if (!hasty) await serving(victim, it);
}

/** Asks it to end. Whoever has not begun to listen for that just dies of it; whoever listens must end in time. */
async function end(one: RoleProcess, journal: Journal): Promise<void> {
	const asked = performance.now();
	const code = await one.stop();
	if (code === 0) return;
	const ms = Math.round(performance.now() - asked);
	journal.count(`stopped with.${one.role} ${code}`);
	if (code !== null || ms > LONGEST_END_MS)
		journal.violation(
			`${one.name} was to end, and did so with ${code} after ${ms} ms`,
		);
}

/** Waits until it serves; started while what it needs is away, it may have to be started again. */
async function serving(
	one: RoleProcess,
	{ journal, onEvent, signal }: Storm,
): Promise<void> {
	const ended = cutOffBy(signal);
	for (let time = 1; ; time += 1) {
		try {
			return await Promise.race([one.ready(), ended]);
		} catch (reason) {
			signal.throwIfAborted();
			if (one.pid() !== undefined || time === MOST_STARTS) throw reason;
			journal.count(`ended by itself.${one.role}`);
			onEvent(`${one.name} ended by itself: ${reason}`);
			await one.start();
		}
	}
}

const SERVER_BLOWS: Readonly<
	Record<
		ServerName,
		(servers: Servers) => {
			readonly ended: () => Promise<void>;
			readonly killed: () => Promise<void>;
			readonly start: () => Promise<void>;
			readonly freeze: () => unknown;
			readonly thaw: () => void;
		}
	>
> = {
	postgres: ({ postgres }) => ({
		...postgres,
		ended: () => postgres.stop("SIGINT"),
		killed: () => postgres.stop("SIGKILL"),
	}),
	nats: ({ nats }) => ({
		...nats,
		ended: () => nats.stop("SIGTERM"),
		killed: () => nats.stop("SIGKILL"),
	}),
	s3: ({ s3 }) => ({
		ended: s3.kill,
		killed: s3.kill,
		start: s3.start,
		freeze: () => s3.signal("SIGSTOP"),
		thaw: () => s3.signal("SIGCONT"),
	}),
	redis: ({ redis }) => ({
		...redis,
		ended: redis.stop,
		killed: redis.stop,
	}),
};

async function strikeServer(
	{ server, how, downMs }: Fault & { kind: "server" },
	servers: Servers,
	{ signal }: Storm,
): Promise<void> {
	const blows = SERVER_BLOWS[server](servers);
	if (how === "frozen") {
		await blows.freeze();
		await pause(downMs, undefined, { signal });
		return blows.thaw();
	}
	await blows[how]();
	await pause(downMs, undefined, { signal });
	await blows.start();
}

/** Starts again what ended by itself. */
async function watch(
	{ stack, journal, onEvent }: Storm,
	held: ReadonlySet<string>,
	signal: AbortSignal,
): Promise<void> {
	while (!signal.aborted) {
		for (const one of stack.processes) {
			if (held.has(one.name) || one.pid() !== undefined) continue;
			journal.count(`ended by itself.${one.role}`);
			onEvent(`${one.name} ended by itself`);
			await one.start();
		}
		await pause(WATCH_MS);
	}
}
