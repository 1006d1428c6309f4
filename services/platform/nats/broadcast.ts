import type { NatsConnection } from "nats";
import type { Log } from "../log.ts";
import { type NatsSettings, openNatsLink } from "./connection.ts";

/** What a listener to others is told. */
export interface BroadcastEvents {
	/** Somebody else has said something. */
	onMessage(payload: Uint8Array): void;
	/** NATS is there (again): what others said before was not heard. */
	onReturn(): void;
}

/**
 * Says things to all other processes that share a subject, and hears what they say. Nothing is kept: what is said while
 * NATS is away, or before somebody listens, is gone.
 */
export interface Broadcast extends AsyncDisposable {
	send(payload: Uint8Array): void;
	listen(events: BroadcastEvents): Disposable;
}

/** Returns at once, whether NATS is there or not. */
export async function openBroadcast(
	settings: NatsSettings,
	subject: string,
	log: Log,
): Promise<Broadcast> {
	const link = await openNatsLink(settings, subject, log);
	const listeners = new Set<BroadcastEvents>();
	let hearing: NatsConnection | undefined;

	const hear = (nc: NatsConnection): void => {
		// A connection that came back by itself has kept its subscriptions.
		if (hearing === nc) return;
		hearing = nc;
		nc.subscribe(subject, {
			callback: (error, message) => {
				if (error !== null)
					log.warn({ event: "broadcast.refused", err: error }, error.message);
				else for (const one of [...listeners]) one.onMessage(message.data);
			},
		});
	};
	link.watch((nc) => {
		if (nc === undefined) return;
		hear(nc);
		for (const one of [...listeners]) one.onReturn();
	});
	return {
		send: (payload) => link.standing()?.publish(subject, payload),
		listen(events) {
			listeners.add(events);
			if (link.standing() !== undefined) events.onReturn();
			return { [Symbol.dispose]: () => void listeners.delete(events) };
		},
		[Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
	};
}
