import {
	AckPolicy,
	type ConsumerConfig,
	DeliverPolicy,
	DiscardPolicy,
	type JetStreamManager,
	NatsError,
	nanos,
	RetentionPolicy,
	StorageType,
	type StreamConfig,
} from "nats";

/** What the stream and its consumers must be like. */
export interface StreamSettings {
	/** Name of the stream, and first word of its subjects and consumers. */
	readonly name: string;
	/** One durable consumer each. */
	readonly pools: readonly string[];
	/** Servers that keep a copy; 1 to 5. */
	readonly replicas: number;
	/** Messages held at most, those in hand included. */
	readonly capacity: number;
	/** Messages of a pool in hand at most. */
	readonly inHand: number;
	/** Milliseconds after which a message that was not acknowledged is delivered again. */
	readonly ackWaitMs: number;
	/** Deliveries after which a message is given up. */
	readonly maxDeliver: number;
	/** Milliseconds for which message ids are remembered. */
	readonly dedupeMs: number;
}

/**
 * Milliseconds after which a dispatch that nobody acknowledged goes by itself: long after the broker has rung again,
 * so that what was given up without a broker to hear of it does not fill the stream.
 */
const DISPATCH_AGE_MS = 3_600_000;

/** Workers that may wait for a pool's messages at the same time. */
const MAX_WAITING = 10_000;

export const subjectOf = (name: string, pool: string): string =>
	`${name}.dispatch.${pool}`;
export const consumerOf = (name: string, pool: string): string =>
	`${name}-${pool}`;

/** The stream or a consumer is not as configured, or cannot be: for a person to decide, never for a program. */
export class StreamConfigError extends Error {
	constructor(message: string, cause?: unknown) {
		super(message, { cause });
		this.name = "StreamConfigError";
	}
}

const differing = (what: string, differences: readonly string[]) =>
	new StreamConfigError(
		`the JetStream ${what} differs from the configuration: ${differences.join("; ")}. ` +
			"It was made with other settings, or by another program: change the section `queue` of the configuration, " +
			"edit it with the `nats` tool, or delete it (requests wait in the store meanwhile; nothing is lost).",
	);

/**
 * Makes the stream and its consumers where they are missing, and checks those that are there; changes none.
 *
 * @returns when the stream was made: another time than before says that what it held is gone.
 * @throws {StreamConfigError}
 */
export async function ensureStream(
	jsm: JetStreamManager,
	settings: StreamSettings,
): Promise<string> {
	const wanted = streamConfig(settings);
	const info =
		(await found(jsm.streams.info(settings.name))) ??
		(await jsm.streams.add({ ...wanted }).catch(foreign));
	check(`stream '${settings.name}'`, wanted, info.config);
	for (const pool of settings.pools) {
		const consumer = consumerConfig(settings, pool);
		const has =
			(await found(jsm.consumers.info(settings.name, consumer.durable_name))) ??
			(await jsm.consumers.add(settings.name, consumer).catch(foreign));
		check(`consumer '${consumer.durable_name}'`, consumer, has.config);
	}
	return info.created;
}

const streamConfig = (settings: StreamSettings) =>
	({
		name: settings.name,
		subjects: [subjectOf(settings.name, ">")],
		retention: RetentionPolicy.Workqueue,
		storage: StorageType.File,
		num_replicas: settings.replicas,
		// A full stream refuses: what it refuses waits in the store.
		discard: DiscardPolicy.New,
		max_msgs: settings.capacity,
		max_age: nanos(DISPATCH_AGE_MS),
		duplicate_window: nanos(settings.dedupeMs),
	}) satisfies Partial<StreamConfig>;

const consumerConfig = (settings: StreamSettings, pool: string) =>
	({
		durable_name: consumerOf(settings.name, pool),
		filter_subject: subjectOf(settings.name, pool),
		ack_policy: AckPolicy.Explicit,
		deliver_policy: DeliverPolicy.All,
		ack_wait: nanos(settings.ackWaitMs),
		max_deliver: settings.maxDeliver,
		max_ack_pending: settings.inHand,
		max_waiting: MAX_WAITING,
	}) satisfies Partial<ConsumerConfig>;

function check(
	what: string,
	wanted: Readonly<Record<string, unknown>>,
	has: object,
): void {
	const actual = new Map<string, unknown>(Object.entries(has));
	const differences = Object.entries(wanted)
		.filter(([key, value]) => show(value) !== show(actual.get(key)))
		.map(
			([key, value]) =>
				`${key} is ${show(actual.get(key))}, configured is ${show(value)}`,
		);
	if (differences.length > 0) throw differing(what, differences);
}

const show = (value: unknown): string => JSON.stringify(value) ?? "absent";

/** JetStream's numbers of "there is no such stream" and "… consumer". */
const NOT_FOUND: readonly (number | undefined)[] = [10059, 10014];
/** Of "in use with a different configuration", "subjects overlap", "a consumer's filter overlaps with another's". */
const FOREIGN: readonly (number | undefined)[] = [10058, 10065, 10148, 10100];

/** Of "replicas > 1 not supported in non-clustered mode". */
const NO_CLUSTER = 10074;

async function found<T>(looking: Promise<T>): Promise<T | undefined> {
	try {
		return await looking;
	} catch (reason) {
		if (NOT_FOUND.includes(apiCode(reason))) return undefined;
		throw reason;
	}
}

function foreign(reason: unknown): never {
	if (FOREIGN.includes(apiCode(reason)) && reason instanceof Error)
		throw differing("stream or consumer", [reason.message]);
	if (apiCode(reason) === NO_CLUSTER)
		throw new StreamConfigError(
			"`queue.replicas` is more than 1, but this NATS is no cluster: set it to 1, or name a cluster in `queue.url`",
			reason,
		);
	throw reason;
}

/** The number by which JetStream names an error; undefined: not one of JetStream's. */
export const apiCode = (reason: unknown): number | undefined =>
	reason instanceof NatsError ? reason.api_error?.err_code : undefined;
