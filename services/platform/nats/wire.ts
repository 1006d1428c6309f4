import type { DispatchMessage } from "../queue/queue.ts";

/** A dispatch as it travels. */
export const encodeDispatch = (message: DispatchMessage): string =>
	JSON.stringify(message);

/** The dispatch out of a message's text; undefined when it is none, which only another program can have published. */
export function parseDispatch(text: string): DispatchMessage | undefined {
	const fields = parseObject(text);
	const { requestId, attempt, collection, pool, traceparent } = fields;
	if (typeof requestId !== "string" || typeof attempt !== "number") return;
	if (typeof collection !== "string" || typeof pool !== "string") return;
	if (typeof traceparent !== "string") return;
	return { requestId, attempt, collection, pool, traceparent };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === "object" && value !== null ? { ...value } : {};
	} catch {
		return {};
	}
}

/** Which delivery of its message this is, out of the subject that JetStream wants acknowledgements on; 1 the first time. */
export function deliveriesOf(reply: string | undefined): number {
	const words = (reply ?? "").split(".");
	// $JS.ACK.stream.consumer.deliveries.…, or with domain and account before the stream.
	return Number(words[words.length > 9 ? 6 : 4] ?? 1) || 1;
}
