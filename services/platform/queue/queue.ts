/** What travels: a bell, not the truth. It may arrive twice, and late. */
export interface DispatchMessage {
	readonly requestId: string;
	readonly attempt: number;
	readonly collection: string;
	/** The workers it is for. */
	readonly pool: string;
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

/** How much lies in the queue for the workers of one pool. */
export interface PoolDepth {
	readonly pool: string;
	/** Messages that nobody has taken yet. */
	readonly pending: number;
	/** Messages that were delivered and not acknowledged yet. */
	readonly inHand: number;
}

/** What a queue could not do; nothing is lost by it for whoever rings again. */
export type Trouble =
	/** A message was delivered as often as one may be, and never acknowledged: it is given up. */
	| { readonly kind: "undeliverable"; readonly message: DispatchMessage }
	/** What the queue held is gone, or may be. */
	| { readonly kind: "lost" };

/**
 * At least once, redelivered when not acknowledged, de-duplicated by message id for a while.
 * A full queue refuses with the fault FULL, one that is away with UNAVAILABLE: what is refused waits in the store.
 */
export interface Queue extends AsyncDisposable {
	/** Whose it is, for `messaging.system`. */
	readonly system: "memory" | "nats";
	/** False: a message of this id was published within the de-duplication window, nothing was added. */
	publish(id: string, message: DispatchMessage): Promise<boolean>;
	/**
	 * Up to `most` messages of these pools, at least one; waits for the first, and for the queue to come back. Empty when
	 * the signal ends the wait.
	 */
	take(
		pools: readonly string[],
		most: number,
		signal: AbortSignal,
	): Promise<readonly Delivery[]>;
	/** What lies there now, of each pool; of a queue that is away nothing is known. Cheap, but a question to the server. */
	depths(): Promise<readonly PoolDepth[]>;
	/** Tells of trouble from now on. */
	onTrouble(listener: (trouble: Trouble) => void): Disposable;
}
