import type { ProcessLog } from "./log.ts";

/**
 * What nobody caught ends the process, as it always does; but it is said where all is said, without secrets.
 *
 * @param flush lets whoever else was told hear it; it must come to an end
 */
export function endOnCrash(
	log: ProcessLog,
	flush: () => Promise<void> = async () => {},
): void {
	process.once("uncaughtException", (reason) => {
		log.fatal(
			{ event: "process.crashed", err: reason },
			"an error that nobody caught ends the process",
		);
		void flush().finally(() => process.exit(1));
	});
}
