import type { Attributes } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { ATTRIBUTE } from "../names.ts";
import type { RecordedSpan } from "../recorded.ts";
import { writeAttributes, writeReadable, writeRecorded } from "./span.ts";
import { BYTES, Wire } from "./wire.ts";

/** Spans as they are sent, some of one scope together. */
export interface Packet {
	/** The instrumentation scope, `polytope.<role>`. */
	readonly scope: string;
	/** Whether they are of the life of requests: who reads the store itself has no need of them. */
	readonly lifecycle: boolean;
	readonly spans: number;
	/** Fields `spans` of OTLP's `ScopeSpans`, one after the other. */
	readonly bytes: Uint8Array;
}

/** A packet that has grown to so many bytes leaves. */
const FULL = 64 * 1024;

interface Open {
	readonly scope: string;
	readonly lifecycle: boolean;
	readonly wire: Wire;
	spans: number;
}

/**
 * Writes spans down as they come: what waits is bytes, a tenth of what the objects would hold, and each is written once,
 * however many it is sent to.
 */
export class Packer {
	readonly #open = new Map<string, Open>();
	readonly #full: (packet: Packet) => void;

	/** @param full is handed what has grown large enough; the rest leaves with {@link cut} */
	constructor(full: (packet: Packet) => void) {
		this.#full = full;
	}

	/** Hands over all that there is. */
	cut(): void {
		for (const open of this.#open.values()) this.#close(open);
	}

	readable(span: ReadableSpan): void {
		const open = this.#of(span.instrumentationScope.name, span.attributes);
		writeReadable(open.wire, span);
		this.#added(open);
	}

	recorded(scope: string, span: RecordedSpan): void {
		const open = this.#of(scope, span.attributes);
		writeRecorded(open.wire, span);
		this.#added(open);
	}

	#of(scope: string, attributes: Attributes): Open {
		const lifecycle = attributes[ATTRIBUTE.lifecycle] === true;
		const name = lifecycle ? `${scope} lifecycle` : scope;
		const known = this.#open.get(name);
		if (known !== undefined) return known;
		const open = { scope, lifecycle, wire: new Wire(), spans: 0 };
		this.#open.set(name, open);
		return open;
	}

	#added(open: Open): void {
		open.spans += 1;
		if (open.wire.length >= FULL) this.#close(open);
	}

	#close(open: Open): void {
		const { scope, lifecycle, spans, wire } = open;
		if (spans === 0) return;
		open.spans = 0;
		this.#full({ scope, lifecycle, spans, bytes: wire.take() });
	}
}

/** Makes OTLP's `ExportTraceServiceRequest` of packets of this process. @param resource its attributes */
export function requestMaker(
	resource: Attributes,
): (packets: readonly Packet[]) => Uint8Array {
	const wire = new Wire();
	wire.tag(1, BYTES);
	const described = wire.begin();
	writeAttributes(wire, 1, resource);
	wire.end(described);
	const head = wire.take();
	return (packets) => {
		wire.tag(1, BYTES);
		const all = wire.begin();
		wire.raw(head);
		for (const [scope, some] of Map.groupBy(packets, ({ scope }) => scope)) {
			wire.tag(2, BYTES);
			const ofScope = wire.begin();
			wire.tag(1, BYTES);
			const named = wire.begin();
			wire.tag(1, BYTES);
			wire.text(scope);
			wire.end(named);
			for (const { bytes } of some) wire.raw(bytes);
			wire.end(ofScope);
		}
		wire.end(all);
		return wire.take();
	};
}
