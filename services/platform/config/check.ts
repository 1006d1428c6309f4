import { ConfigError } from "./error.ts";
import { type ConfigSources, loadConfig } from "./load.ts";

export interface Checked {
	readonly ok: boolean;
	/** What to show, one line each: errors, or warnings and a last line that says all is well. */
	readonly lines: readonly string[];
}

/** What `--check-config` shows: nothing is started, nothing is changed. */
export function checkConfig(sources: ConfigSources): Checked {
	try {
		const { config, warnings } = loadConfig(sources);
		const count = Object.keys(config.collections).length;
		return {
			ok: true,
			lines: [
				...warnings.map((text) => `warning: ${text}`),
				`the configuration is valid: ${count} collections`,
			],
		};
	} catch (reason) {
		if (reason instanceof ConfigError)
			return { ok: false, lines: reason.faults };
		throw reason;
	}
}
