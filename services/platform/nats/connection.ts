import { readFile } from "node:fs/promises";
import {
	type ConnectionOptions,
	connect,
	credsAuthenticator,
	Events,
	type NatsConnection,
	NatsError,
} from "nats";
import type { Log } from "../log.ts";
import { pause } from "../wait.ts";

/** Where NATS is and how to prove who we are. */
export interface NatsSettings {
	/** One or several URLs of one cluster, separated by commas. */
	readonly url: string;
	readonly user?: string | undefined;
	readonly password?: string | undefined;
	readonly token?: string | undefined;
	/** Path of a `.creds` file. */
	readonly credentials?: string | undefined;
	/** Paths of PEM files. */
	readonly tls?:
		| {
				readonly ca?: string | undefined;
				readonly cert?: string | undefined;
				readonly key?: string | undefined;
		  }
		| undefined;
}

/** A connection that comes back by itself for as long as it is not disposed of. */
export interface NatsLink extends AsyncDisposable {
	/** The connection while it stands; undefined: NATS is away. */
	readonly standing: () => NatsConnection | undefined;
	/** Told the connection whenever it is won (again), and undefined whenever it is lost. */
	watch(listener: (connection: NatsConnection | undefined) => void): Disposable;
	/** Resolves with the first connection. @throws when NATS refuses us: waiting would not mend that. */
	readonly first: Promise<NatsConnection>;
}

/** Milliseconds between attempts to connect. */
const AGAIN_MS = 250;
/** Milliseconds for a server to greet. */
const GREETING_MS = 2000;
/** A server that is silent for three of these, in milliseconds, counts as away. */
const PING_MS = 2000;

/** Opens a connection; returns at once, whether NATS is there or not. */
export async function openNatsLink(
	settings: NatsSettings,
	name: string,
	log: Log,
): Promise<NatsLink> {
	const options = await optionsOf(settings, name);
	const stop = new AbortController();
	const listeners = new Set<(nc: NatsConnection | undefined) => void>();
	const first = Promise.withResolvers<NatsConnection>();
	// Whoever does not wait for the first connection must not be struck by its failure.
	first.promise.catch(() => {});
	let standing: NatsConnection | undefined;
	let open: NatsConnection | undefined;

	const set = (now: NatsConnection | undefined): void => {
		if (standing === now) return;
		standing = now;
		for (const listener of [...listeners]) listener(now);
	};
	const hold = async (nc: NatsConnection): Promise<void> => {
		open = nc;
		if (stop.signal.aborted) return nc.close();
		set(nc);
		first.resolve(nc);
		void follow(nc);
		await nc.closed();
		set(undefined);
	};
	// Its statuses have no end of their own, not even when the connection is closed.
	const follow = async (nc: NatsConnection): Promise<void> => {
		for await (const { type, data } of nc.status()) {
			if (type === Events.Disconnect) {
				log.warn({ event: "nats.lost", server: String(data) }, "NATS is away");
				set(undefined);
			}
			if (type === Events.Reconnect) {
				log.info({ event: "nats.back", server: String(data) }, "NATS is back");
				set(nc);
			}
			if (type === Events.Error)
				log.warn({ event: "nats.error" }, `NATS says: ${data}`);
		}
	};
	const keep = async (): Promise<void> => {
		let failed = false;
		while (!stop.signal.aborted) {
			try {
				await hold(await connect(options));
				failed = false;
			} catch (reason) {
				if (!failed)
					log.warn(
						{ event: "nats.away", err: reason },
						`NATS does not answer at ${settings.url}`,
					);
				failed = true;
				if (refusesUs(reason))
					first.reject(
						new Error(
							`NATS at ${settings.url} refuses the connection: ${messageOf(reason)}`,
							{ cause: reason },
						),
					);
			}
			await pause(AGAIN_MS, stop.signal);
		}
	};
	const kept = keep();

	return {
		standing: () => standing,
		first: first.promise,
		watch(listener) {
			listeners.add(listener);
			return { [Symbol.dispose]: () => void listeners.delete(listener) };
		},
		async [Symbol.asyncDispose]() {
			stop.abort();
			listeners.clear();
			// What was said last (acknowledgements) should still arrive; a server that is away gets no time for it.
			const flushed = new AbortController();
			if (standing !== undefined)
				await Promise.race([
					standing
						.flush()
						.catch(() => {})
						.finally(() => flushed.abort()),
					pause(GREETING_MS, flushed.signal),
				]);
			await open?.close();
			await kept;
		},
	};
}

async function optionsOf(
	settings: NatsSettings,
	name: string,
): Promise<ConnectionOptions> {
	const { url, user, password, token, credentials, tls } = settings;
	const paths = {
		...(tls?.ca !== undefined && { caFile: tls.ca }),
		...(tls?.cert !== undefined && { certFile: tls.cert }),
		...(tls?.key !== undefined && { keyFile: tls.key }),
	};
	return {
		servers: url.split(",").map((one) => one.trim().replace(/^\w+:\/\//, "")),
		name,
		...(user !== undefined && { user }),
		...(password !== undefined && { pass: password }),
		...(token !== undefined && { token }),
		...(credentials !== undefined && {
			authenticator: credsAuthenticator(await readFile(credentials)),
		}),
		...((tls !== undefined || url.startsWith("tls:")) && { tls: paths }),
		noEcho: true,
		timeout: GREETING_MS,
		pingInterval: PING_MS,
		maxPingOut: 2,
		maxReconnectAttempts: -1,
		reconnectTimeWait: AGAIN_MS,
		ignoreAuthErrorAbort: true,
	};
}

const refusesUs = (reason: unknown): boolean =>
	reason instanceof NatsError && reason.isAuthError();

const messageOf = (reason: unknown): string =>
	reason instanceof Error ? reason.message : String(reason);
