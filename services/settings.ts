import { whyNotApart } from "./apart.ts";
import { resolveCollections } from "./collections/collection.ts";
import { CollectionConfigError } from "./collections/errors.ts";
import { ConfigError } from "./platform/config/error.ts";
import {
	type ConfigSources,
	type LoadedConfig,
	loadConfig,
} from "./platform/config/load.ts";
import type { RoleName } from "./platform/role.ts";
import { ROLE_NAMES } from "./roles.ts";

/**
 * The configuration with which a process of these roles can start; the same for `--check-config`, so that what passes
 * there starts.
 * @param roles of the process; without it, all
 * @throws {ConfigError} with everything that is wrong, each with file and line where there is one
 */
export function readSettings(
	sources: ConfigSources,
	roles: ReadonlySet<RoleName> = new Set(ROLE_NAMES),
): LoadedConfig {
	const loaded = loadConfig(sources);
	const wrong = [
		...collectionFaults(loaded.config),
		...whyNotApart(loaded.config, roles),
	];
	if (wrong.length > 0) throw new ConfigError(wrong);
	return loaded;
}

function collectionFaults(config: LoadedConfig["config"]): string[] {
	try {
		resolveCollections(config);
		return [];
	} catch (reason) {
		if (reason instanceof CollectionConfigError) return [reason.message];
		throw reason;
	}
}
