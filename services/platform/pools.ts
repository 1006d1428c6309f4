import type { Config } from "./config/schema.ts";

/** The pool of collections that name none. */
export const DEFAULT_POOL = "default";

/** The pool of the workers that serve a collection. */
export const poolOf = (config: Config, collection: string): string =>
	config.collections[collection]?.pool ?? DEFAULT_POOL;

/** Every pool that a collection names, in order of their names; at least one. */
export function poolsOf(config: Config): readonly string[] {
	const named = Object.values(config.collections).map(({ pool }) => pool);
	return named.length === 0 ? [DEFAULT_POOL] : [...new Set(named)].sort();
}
