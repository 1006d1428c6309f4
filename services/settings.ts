import { resolveCollections } from "./collections/collection.ts";
import { CollectionConfigError } from "./collections/errors.ts";
import { ConfigError } from "./platform/config/error.ts";
import {
	type ConfigSources,
	type LoadedConfig,
	loadConfig,
} from "./platform/config/load.ts";

/**
 * The configuration with which a process can start; the same for `--check-config`, so that what passes there starts.
 * @throws {ConfigError} with everything that is wrong, each with file and line where there is one
 */
export function readSettings(sources: ConfigSources): LoadedConfig {
	const loaded = loadConfig(sources);
	try {
		resolveCollections(loaded.config);
	} catch (reason) {
		if (reason instanceof CollectionConfigError)
			throw new ConfigError([reason.message]);
		throw reason;
	}
	return loaded;
}
