import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import { ATTRIBUTE } from "./names.ts";

/** Takes spans in this process; rejects when it cannot. */
export type Receiver = (spans: readonly ReadableSpan[]) => Promise<void>;

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

/**
 * Hands spans to the role of this process that receives them, without bytes in between.
 *
 * @param lifecycle whether it hands them on: what a request's life was it knows from the store
 */
export const nearExporter = (lifecycle: boolean): SpanExporter => ({
	export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
		const wanted = lifecycle ? spans : spans.filter(isInner);
		hand(wanted).then(
			() => done({ code: ExportResultCode.SUCCESS }),
			(error: unknown) =>
				done({
					code: ExportResultCode.FAILED,
					error: error instanceof Error ? error : new Error(String(error)),
				}),
		);
	},
	shutdown: async () => undefined,
});

const isInner = ({ attributes }: ReadableSpan): boolean =>
	attributes[ATTRIBUTE.lifecycle] !== true;

async function hand(spans: readonly ReadableSpan[]): Promise<void> {
	if (spans.length === 0) return;
	if (receiver === undefined) throw new Error("nobody takes spans here");
	await receiver(spans);
}
