import { openBell, pause } from "../../wait.ts";
import type { Packet } from "./packer.ts";

/** Sends one request of OTLP. Rejects when it did not arrive. */
export type Send = (
	request: Uint8Array<ArrayBufferLike>,
	signal: AbortSignal,
) => Promise<void>;

/** The receiver will not take it, however often it is sent. */
export class Refused extends Error {}

/** Packets on their way to one receiver. Whoever offers one never waits. */
export interface Outbox {
	offer(packet: Packet): void;
	/** What was offered leaves now, however little it is. */
	flush(): void;
	/** What is kept until it has arrived, what is under way included. */
	kept(): { readonly bytes: number; readonly spans: number };
	/** Sends what waits, for so many milliseconds at most. @returns spans that were lost by ending */
	close(ms: number): Promise<number>;
}

export interface OutboxOptions {
	/** Bytes that may wait; then the oldest go. */
	readonly most: number;
	/** Bytes that are sent at once, and from which on they leave without waiting for more. */
	readonly batch: number;
	/** Milliseconds for which one request is waited. */
	readonly timeout: number;
	/** Milliseconds before what did not arrive is sent again; twice as long each time. */
	readonly again: number;
	readonly make: (packets: readonly Packet[]) => Uint8Array;
	readonly send: Send;
	readonly lost: (spans: number) => void;
}

/** So often one request is sent, so that one that the receiver cannot take does not hold up the rest. */
const TIMES = 3;
/** Milliseconds after which somebody looks whether anything waits, though nobody has rung. */
const LOOK_MS = 60_000;

/**
 * Sends one request at a time, so that what is kept is what waits and one more: a receiver that is away, or hangs, costs
 * this much memory and no more, however much is made.
 */
export function openOutbox(options: OutboxOptions): Outbox {
	const { most, batch, timeout, again, make, send, lost } = options;
	const waiting = openWaiting(most, lost);
	const bell = openBell();
	const stop = new AbortController();
	let underWay: readonly Packet[] = [];
	let sending = new AbortController();
	let lostAtEnd = 0;

	const once = async (request: Uint8Array): Promise<void> => {
		sending = new AbortController();
		const timer = setTimeout(() => sending.abort(), timeout);
		try {
			await send(request, sending.signal);
		} finally {
			clearTimeout(timer);
		}
	};
	/** @returns whether it has arrived */
	const deliver = async (request: Uint8Array): Promise<boolean> => {
		for (let time = 1; ; time += 1) {
			try {
				await once(request);
				return true;
			} catch (reason) {
				const over = time === TIMES || stop.signal.aborted;
				if (over || reason instanceof Refused) return false;
				await pause(again * 2 ** (time - 1), stop.signal);
			}
		}
	};
	const sendAll = async (): Promise<void> => {
		for (;;) {
			underWay = waiting.take(batch);
			if (underWay.length === 0) return;
			if (await deliver(make(underWay))) continue;
			const spans = spansIn(underWay);
			lost(spans);
			if (!stop.signal.aborted) continue;
			lostAtEnd += spans + waiting.drop();
		}
	};
	const run = async (): Promise<void> => {
		while (!stop.signal.aborted) {
			await bell.wait(LOOK_MS, stop.signal);
			await sendAll();
		}
		await sendAll();
	};
	const running = run();
	return {
		offer(packet) {
			waiting.add(packet);
			if (waiting.bytes() >= batch) bell.ring();
		},
		flush: () => bell.ring(),
		kept: () => ({
			bytes: waiting.bytes() + bytesIn(underWay),
			spans: waiting.spans() + spansIn(underWay),
		}),
		async close(ms) {
			stop.abort();
			const timer = setTimeout(() => {
				lostAtEnd += waiting.drop();
				sending.abort();
			}, ms);
			await running;
			clearTimeout(timer);
			return lostAtEnd;
		},
	};
}

const spansIn = (packets: readonly Packet[]): number =>
	packets.reduce((sum, { spans }) => sum + spans, 0);
const bytesIn = (packets: readonly Packet[]): number =>
	packets.reduce((sum, { bytes }) => sum + bytes.length, 0);

/** A queue that lets its oldest go for the newest. */
function openWaiting(most: number, lost: (spans: number) => void) {
	let packets: Packet[] = [];
	let bytes = 0;
	const shift = (): Packet | undefined => {
		const packet = packets.shift();
		bytes -= packet?.bytes.length ?? 0;
		return packet;
	};
	return {
		bytes: () => bytes,
		spans: () => spansIn(packets),
		add(packet: Packet): void {
			packets.push(packet);
			bytes += packet.bytes.length;
			while (bytes > most) lost(shift()?.spans ?? 0);
		},
		/** At least one, if there is any, and up to so many bytes. */
		take(upTo: number): Packet[] {
			const taken: Packet[] = [];
			let size = 0;
			for (;;) {
				const [next] = packets;
				if (next === undefined) return taken;
				if (size > 0 && size + next.bytes.length > upTo) return taken;
				size += next.bytes.length;
				taken.push(next);
				shift();
			}
		},
		/** Lets all go. @returns their spans */
		drop(): number {
			const spans = spansIn(packets);
			lost(spans);
			packets = [];
			bytes = 0;
			return spans;
		},
	};
}
