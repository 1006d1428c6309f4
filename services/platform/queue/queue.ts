/** What travels: a bell, not the truth. It may arrive twice, and late. */
export interface DispatchMessage {
	readonly requestId: string;
	readonly attempt: number;
	readonly collection: string;
	readonly traceparent: string;
}

/** A message in the hands of one consumer, until it is acknowledged or its time to do so has passed. */
export interface Delivery {
	readonly message: DispatchMessage;
	/** 1 the first time. */
	readonly deliveries: number;
	/** The queue may forget the message. Acknowledging twice, or too late, is no error. */
	ack(): void;
	/** Deliver it again, to whoever asks next. */
	nack(): void;
}

/**
 * At least once, redelivered when not acknowledged, de-duplicated by message id for a while.
 * A full queue refuses with the fault FULL: what is refused waits in the store.
 */
export interface Queue extends AsyncDisposable {
	/** False: a message of this id was published within the de-duplication window, nothing was added. */
	publish(id: string, message: DispatchMessage): Promise<boolean>;
	/** Up to `most` messages, at least one; waits for the first. Empty when the signal ends the wait. */
	take(most: number, signal: AbortSignal): Promise<readonly Delivery[]>;
}
