import { create } from "@bufbuild/protobuf";
import {
	type Dispatch,
	DispatchSchema,
} from "../../gen/polytope/store/v1/store_pb.js";
import type { DispatchMessage } from "../platform/queue/queue.ts";
import { INSTRUMENTS } from "../platform/telemetry/instruments.ts";
import type { BrokerContext } from "./context.ts";

/** What the queue has told. */
export interface Told {
	/** What it has given up, to be sent again. */
	readonly givenUp: readonly Dispatch[];
	/** Whether it lost what it held. */
	readonly lost: boolean;
}

/** What the queue has told and nobody has mended yet. */
export interface Troubles extends Disposable {
	take(): Told;
	/** It could not be mended now. */
	putBack(told: Told): void;
}

/** Listens to the queue's troubles, and rings the broker's bell at each. */
export function openTroubles({
	queue,
	bell,
	log,
}: Pick<BrokerContext, "queue" | "bell" | "log">): Troubles {
	let givenUp: Dispatch[] = [];
	let lost = false;
	INSTRUMENTS.undeliverable.add(0, {});
	const listening = queue.onTrouble((trouble) => {
		if (trouble.kind === "lost") lost = true;
		else {
			givenUp.push(toDispatch(trouble.message));
			INSTRUMENTS.undeliverable.add(1, {});
			log.warn(
				{
					event: "dispatch.undeliverable",
					requestId: trouble.message.requestId,
					attempt: trouble.message.attempt,
					collection: trouble.message.collection,
				},
				"the queue gave a dispatch up that no worker claimed; it is sent again",
			);
		}
		bell.ring();
	});
	return {
		take() {
			const taken = { givenUp, lost };
			givenUp = [];
			lost = false;
			return taken;
		},
		putBack(told) {
			givenUp = [...told.givenUp, ...givenUp];
			lost ||= told.lost;
		},
		[Symbol.dispose]: () => listening[Symbol.dispose](),
	};
}

const toDispatch = (message: DispatchMessage): Dispatch =>
	create(DispatchSchema, {
		requestId: message.requestId,
		attempt: message.attempt,
		collection: message.collection,
		traceparent: message.traceparent,
	});
