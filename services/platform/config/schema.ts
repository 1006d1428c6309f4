import { z } from "zod";
import { archive } from "./sections/archive.ts";
import { authentication } from "./sections/authentication.ts";
import { coercion } from "./sections/coercion.ts";
import { collection } from "./sections/collections.ts";
import { datasource } from "./sections/datasources.ts";
import { http } from "./sections/http.ts";
import { cache, store } from "./sections/parts.ts";
import { queue } from "./sections/queue.ts";
import {
	broker,
	garbageCollector,
	lease,
	logging,
	retry,
	worker,
} from "./sections/running.ts";
import { services } from "./sections/services.ts";
import { staging } from "./sections/staging.ts";
import { telemetry } from "./sections/telemetry.ts";
import { flag, publicUrl } from "./values.ts";

// A request's address is /requests/<id>, a collection's /requests/<name>: what looks like an id, or `all`, cannot be one.
const collectionName = z
	.string()
	.regex(
		/^(?!all$)(?![0-9a-f]{8}-[0-9a-f]{4}-)[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
		"a collection's name holds letters, digits, '.', '_' and '-', and is neither 'all' nor an id",
	);

/**
 * The whole configuration: one place for names, types, defaults and descriptions. The names in code are those of the
 * files. Files are checked against it, `docs/configuration.md` is written from it.
 */
export const schema = z.strictObject({
	sample: flag(
		"Whether files add to the sample configuration (collections `sample`, `echo`, `dummy`, `raise`; user `demo`).",
	).prefault(true),
	public_url: publicUrl(
		"Address under which clients reach the gateway; by default what the request said.",
	).optional(),
	http,
	store,
	queue,
	staging,
	cache,
	services,
	authentication,
	collections: z
		.record(collectionName, collection)
		.prefault({})
		.meta({ description: "What users choose from, by name." }),
	datasources: z
		.record(z.string(), datasource)
		.prefault({})
		.meta({ description: "What collections are served from, by name." }),
	coercion,
	archive,
	lease,
	retry,
	worker,
	broker,
	"garbage-collector": garbageCollector,
	telemetry,
	logging,
});

type DeepReadonly<T> = T extends readonly (infer E)[]
	? readonly DeepReadonly<E>[]
	: T extends object
		? { readonly [K in keyof T]: DeepReadonly<T[K]> }
		: T;

/** The configuration as parsed: durations in milliseconds, sizes in bytes, every default filled in. */
export type Config = DeepReadonly<z.output<typeof schema>>;
export type RealmConfig = Config["authentication"][string];
