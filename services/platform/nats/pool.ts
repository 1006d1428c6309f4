import type { Msg, NatsConnection } from "nats";
import type { Delivery } from "../queue/queue.ts";
import { type Pull, pull } from "./pull.ts";
import { deliveriesOf, parseDispatch } from "./wire.ts";

/** The messages of one pool on their way into this process. */
export interface PoolMessages {
	/** What is under way: an answer that comes at once, a wait for the first message, or nothing. */
	readonly asking: () => "now" | "wait" | undefined;
	readonly atHand: () => number;
	/** Asks for up to `most` messages; nothing may be under way. */
	ask(nc: NatsConnection, most: number, wait: boolean): void;
	/** Takes what is at hand, oldest first. */
	collect(most: number): Delivery[];
	/** The connection is gone: what was under way does not come, what is at hand is delivered again by itself. */
	forget(): void;
	/** Nobody wants any now: what is at hand goes back at once. */
	giveBack(): void;
}

export interface PoolOptions {
	readonly stream: string;
	readonly consumer: string;
	/** Messages came, or what was asked has ended. */
	readonly onChange: () => void;
	/** What was asked ended otherwise than it should. */
	readonly onTrouble: (trouble: string) => void;
}

/** Milliseconds for which a message lies here when all hands are full; then somebody else may have it. */
const HOLD_MS = 1_000;
/** Milliseconds after trouble before the pool is asked again. */
const REST_MS = 200;

export function openPoolMessages(options: PoolOptions): PoolMessages {
	let held: Delivery[] = [];
	let current:
		| { readonly pull: Pull; readonly kind: "now" | "wait" }
		| undefined;

	const giveBack = (delivery: Delivery): void => {
		if (!held.includes(delivery)) return;
		held = held.filter((one) => one !== delivery);
		delivery.nack();
	};
	const arrive = (nc: NatsConnection, message: Msg): void => {
		const delivery = toDelivery(nc, message);
		if (delivery === undefined) {
			settle(nc, message, "+TERM");
			return;
		}
		held.push(delivery);
		setTimeout(() => giveBack(delivery), HOLD_MS).unref();
		options.onChange();
	};
	const idle = (): void => {
		current = undefined;
		options.onChange();
	};
	const cancel = (): void => {
		current?.pull.cancel();
		current = undefined;
	};

	return {
		asking: () => current?.kind,
		atHand: () => held.length,
		ask(nc, most, wait) {
			current = {
				kind: wait ? "wait" : "now",
				pull: pull(nc, {
					stream: options.stream,
					consumer: options.consumer,
					most,
					wait,
					onMessage: (message) => arrive(nc, message),
					onLate: (message) => settle(nc, message, "-NAK"),
					onEnd: (trouble) => {
						if (trouble === undefined) return idle();
						options.onTrouble(trouble);
						const rest = setTimeout(idle, REST_MS);
						current = {
							kind: "wait",
							pull: { cancel: () => clearTimeout(rest) },
						};
					},
				}),
			};
		},
		collect: (most) => held.splice(0, most),
		forget() {
			cancel();
			held = [];
		},
		giveBack() {
			cancel();
			for (const delivery of held.splice(0)) delivery.nack();
		},
	};
}

function toDelivery(nc: NatsConnection, message: Msg): Delivery | undefined {
	const dispatch = parseDispatch(message.string());
	if (dispatch === undefined) return undefined;
	let settled = false;
	const once = (answer: string): void => {
		if (settled) return;
		settled = true;
		settle(nc, message, answer);
	};
	return {
		message: dispatch,
		deliveries: deliveriesOf(message.reply),
		ack: () => once("+ACK"),
		nack: () => once("-NAK"),
	};
}

/** An answer that does not arrive does no harm: the message is delivered again, its claim is lost, and it is acknowledged. */
function settle(nc: NatsConnection, message: Msg, answer: string): void {
	if (message.reply !== undefined && !nc.isClosed())
		nc.publish(message.reply, answer);
}
