import { createInbox, type Msg, type NatsConnection, nanos } from "nats";

/** How long a pull waits for its first message before it is asked anew, in milliseconds. */
const EXPIRES_MS = 30_000;
/** A pull that hears nothing, not even that there is nothing, for twice this many milliseconds is dead. */
const HEARTBEAT_MS = 5_000;
/** A pull that does not wait is answered at once; not at all when too many messages are in hand. Milliseconds. */
const AT_ONCE_MS = 500;

export interface PullOptions {
	readonly stream: string;
	readonly consumer: string;
	/** Messages at most. */
	readonly most: number;
	/** Wait for the first when there is none; otherwise it ends at once. */
	readonly wait: boolean;
	/** Every message, as it arrives. */
	readonly onMessage: (message: Msg) => void;
	/** A message that was on its way when the pull was given up. */
	readonly onLate: (message: Msg) => void;
	/** Once, after the last message; `trouble`: why, when it is not the ordinary end. */
	readonly onEnd: (trouble: string | undefined) => void;
}

/** A pull under way; cancelled, it ends without a call. */
export interface Pull {
	cancel(): void;
}

/**
 * Asks a consumer once for what is there: up to `most` messages, and if there are none for the first that comes.
 * The library's own fetch asks for a fixed number and waits until they are complete, and leaves a listener of the
 * connection behind each time; this is the same message of the JetStream API without either.
 */
export function pull(nc: NatsConnection, options: PullOptions): Pull {
	const inbox = createInbox();
	let left = options.most;
	let over = false;
	const finish = (): void => {
		over = true;
		clearTimeout(watchdog);
		// Unlike the end of a subscription this hears what was on its way until the server has let go of it.
		subscription.drain().catch(() => {});
	};
	const end = (trouble?: string): void => {
		if (over) return;
		finish();
		options.onEnd(trouble);
	};
	const silence = options.wait ? 2 * HEARTBEAT_MS : AT_ONCE_MS;
	const dead = (): void => end(options.wait ? "it fell silent" : undefined);
	let watchdog = setTimeout(dead, silence);
	const subscription = nc.subscribe(inbox, {
		callback: (error, message) => {
			if (error !== null) return end(error.message);
			if (over) {
				if (message.subject !== inbox) options.onLate(message);
				return;
			}
			clearTimeout(watchdog);
			watchdog = setTimeout(dead, silence);
			if (message.subject === inbox) {
				const code = message.headers?.code ?? 0;
				if (code !== IDLE)
					end(ORDINARY.includes(code) ? undefined : said(message));
				return;
			}
			options.onMessage(message);
			left -= 1;
			if (left === 0) end();
		},
	});
	nc.publish(
		`$JS.API.CONSUMER.MSG.NEXT.${options.stream}.${options.consumer}`,
		JSON.stringify({
			batch: options.most,
			no_wait: true,
			...(options.wait && {
				expires: nanos(EXPIRES_MS),
				idle_heartbeat: nanos(HEARTBEAT_MS),
			}),
		}),
		{ reply: inbox },
	);
	return { cancel: () => over || finish() };
}

/** Status of an idle heartbeat. */
const IDLE = 100;
/** Nothing (more) there; nothing came in time, or others wait already. */
const ORDINARY = [404, 408];

const said = ({ headers }: Msg): string =>
	`${headers?.code ?? ""} ${headers?.description ?? "no answer"}`;
