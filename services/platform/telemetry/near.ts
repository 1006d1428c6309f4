import { Refused, type Send } from "./otlp/outbox.ts";

/** Takes spans in this process, as an `ExportTraceServiceRequest` of OTLP; rejects when it cannot. */
export type Receiver = (request: Uint8Array) => Promise<void>;

let receiver: Receiver | undefined;

/** Hands the spans of this process to its own role, until it is disposed; those that come before or after are dropped. */
export function receiveNear(by: Receiver): Disposable {
	receiver = by;
	return {
		[Symbol.dispose]() {
			if (receiver === by) receiver = undefined;
		},
	};
}

/** Hands spans to the role of this process that receives them. */
export const nearSender: Send = async (request) => {
	if (receiver === undefined) throw new Refused("nobody takes spans here");
	await receiver(request);
};
