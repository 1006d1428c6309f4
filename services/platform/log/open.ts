import type { Config } from "../config/schema.ts";
import { openLog, type ProcessLog } from "../log.ts";
import { openPretty } from "./pretty.ts";
import { secretsIn } from "./secrets.ts";

/**
 * Opens the log as the configuration wants it. On a terminal it is for people, and quiet unless told otherwise: whoever
 * has just started the server should see how to use it, not how it goes about its work.
 */
export async function openProcessLog(
	config: Config,
	isTerminal: boolean,
): Promise<ProcessLog> {
	const { level, levels } = config.logging;
	return openLog(level ?? (isTerminal ? "warn" : "info"), {
		levels,
		secrets: secretsIn(config),
		out: isTerminal ? await openPretty() : undefined,
	});
}
