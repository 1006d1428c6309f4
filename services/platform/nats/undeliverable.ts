import type { Subscription } from "nats";
import type { Log } from "../log.ts";
import type { DispatchMessage } from "../queue/queue.ts";
import type { Ready } from "./readiness.ts";
import { parseDispatch } from "./wire.ts";

/**
 * Hears of dispatches that JetStream has given up after too many deliveries, and takes them out of the stream: a work
 * queue keeps what was not acknowledged. Among the processes that listen one hears of each. An advisory that nobody
 * hears is no loss: the broker's sweep rings again for what stays queued.
 */
export function hearUndeliverable(
	{ nc, jsm }: Ready,
	stream: string,
	log: Log,
	tell: (message: DispatchMessage) => void,
): Subscription {
	const handle = async (text: string): Promise<void> => {
		const seq = sequenceOf(text);
		if (seq === undefined) return;
		const stored = await jsm.streams.getMessage(stream, { seq });
		const message = parseDispatch(stored.string());
		if (message !== undefined) tell(message);
		await jsm.streams.deleteMessage(stream, seq, false);
	};
	return nc.subscribe(
		`$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.${stream}.*`,
		{
			queue: stream,
			callback: (error, advisory) => {
				if (error !== null) {
					log.warn({ event: "queue.advisory", err: error }, error.message);
					return;
				}
				handle(advisory.string()).catch((reason: unknown) => {
					log.warn(
						{ event: "queue.advisory", err: reason },
						"a dispatch that was given up could not be read; the broker's sweep rings again for it",
					);
				});
			},
		},
	);
}

function sequenceOf(text: string): number | undefined {
	const advisory: unknown = JSON.parse(text);
	if (typeof advisory !== "object" || advisory === null) return undefined;
	const seq: unknown = Reflect.get(advisory, "stream_seq");
	return typeof seq === "number" ? seq : undefined;
}
