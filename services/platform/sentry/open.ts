import { isExpected } from "../expected.ts";
import type { ProcessLog } from "../log.ts";
import { toEvent } from "./event.ts";

export interface SentrySettings {
	readonly dsn: string;
	readonly environment: string;
	/** What runs: name and version. */
	readonly release: string;
}

/** Whoever is told of bugs. Disposing waits until it has heard, for a bounded time. */
export interface Tracker extends AsyncDisposable {
	/** Resolves when all was sent, or when waiting longer is of no use. */
	flush(): Promise<void>;
}

/** Milliseconds for what was not sent yet. */
const FLUSH_MS = 2_000;

/**
 * Sends what the log says of bugs to Sentry: errors and worse, but refusals and what is away; each already scrubbed. Only
 * its client is used, not its `init`: that one would hook itself into modules, and have a say about spans.
 */
export async function openSentry(
	{ dsn, environment, release }: SentrySettings,
	log: ProcessLog,
): Promise<Tracker> {
	const { NodeClient, defaultStackParser, makeNodeTransport } = await import(
		"@sentry/node"
	);
	const client = new NodeClient({
		dsn,
		environment,
		release,
		integrations: [],
		transport: makeNodeTransport,
		stackParser: defaultStackParser,
		enableRuntimeChannelInjection: false,
		sendClientReports: false,
	});
	log.reportTo((line) => {
		if (!isExpected(line.facts.err))
			client.captureEvent(toEvent(line, defaultStackParser));
	});
	return {
		flush: async () => void (await client.flush(FLUSH_MS)),
		[Symbol.asyncDispose]: async () => void (await client.close(FLUSH_MS)),
	};
}
