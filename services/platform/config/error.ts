/** The configuration cannot be used; `faults` says everything that is wrong, one line each, with file and line. */
export class ConfigError extends Error {
	readonly faults: readonly string[];

	constructor(faults: readonly string[]) {
		super(`the configuration has errors:\n${faults.join("\n")}`);
		this.name = "ConfigError";
		this.faults = faults;
	}
}
