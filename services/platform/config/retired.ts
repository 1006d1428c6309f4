import {
	type Complaint,
	find,
	type Path,
	placeOf,
	type Tree,
	without,
} from "./tree.ts";

const STORE =
	"use 'store.url' (embedded: or postgres://…); requests live in PostgreSQL";
const QUEUE = "use 'queue.url' (memory:, nats:)";
const STAGING = "use 'staging.url' (file: or s3:)";
const CACHE = "use 'cache.url' (memory: or redis://host:6379)";
const LOGGING = "not needed, logs are JSON lines on standard output; remove it";
const DOOR =
	"not needed: it is at the gateway's address, or, as a process of its own, at 'http.host' and 'http.port'";
const TO_COME = "not built yet; remove it";

/** Keys of polytope-server v1 (its configuration tree) that mean nothing here, and what to use instead. */
const RETIRED: Readonly<Record<string, string>> = {
	version: "not needed; remove it",
	request_store: STORE,
	metric_store: "not needed; remove it",
	caching: CACHE,
	"queue.rabbitmq": QUEUE,
	"queue.sqs": QUEUE,
	"queue.type": QUEUE,
	"staging.s3": STAGING,
	"staging.polytope": STAGING,
	"staging.type": STAGING,
	"store.mongodb": STORE,
	"store.dynamodb": STORE,
	"store.redis": STORE,
	"cache.mongodb": CACHE,
	"cache.redis": CACHE,
	"cache.memcached": CACHE,
	mongodb: STORE,
	dynamodb: STORE,
	rabbitmq: QUEUE,
	sqs: QUEUE,
	redis: CACHE,
	"frontend.bind_to": "use 'http.host'",
	"frontend.port": "use 'http.port'",
	"frontend.proxy_support": "use 'http.trusted_proxies'",
	frontend: "use 'http' (host, port, trusted_proxies)",
	"broker.interval":
		"use 'broker.sweep'; the broker wakes by itself when there is work",
	"worker.poll_interval": "not needed, workers are woken; remove it",
	"garbage-collector.metric_age": "not needed; remove it",
	deployment: "not needed; remove it",
	developer: "not needed; remove it",
	testrunner: "not needed; remove it",
	timeout: "use 'collections.<name>.time_limit'",
	"logging.mode": LOGGING,
	"logging.primary_fields": LOGGING,
	"logging.defaults": LOGGING,
	"logging.reserved_attrs": LOGGING,
	"telemetry.handler": "not needed; remove it",
	"telemetry.bind_to": DOOR,
	"telemetry.port": DOOR,
	"telemetry.basic_auth":
		"not needed, credentials are always asked for; remove it",
	"telemetry.obfuscate_api_keys": "not needed, keys are never shown; remove it",
	"telemetry.usage.enabled": "not needed, usage is always counted; remove it",
	metrics: "not needed, prefix, labels and buckets are fixed; remove it",
	federation: TO_COME,
	admin: TO_COME,
	"api-keys": `${TO_COME}, or list keys in an authenticator of type 'keys'`,
	"authentication.auth-o-tron": `${TO_COME}; authenticators are listed by realm`,
};

/** Complains of v1's keys that have no meaning here, and gives the tree without them. */
export function dropRetired(tree: Tree, complaints: Complaint[]): Tree {
	let left = tree;
	for (const [dotted, advice] of Object.entries(RETIRED)) {
		const path: Path = dotted.split(".");
		if (!find(left, path)) continue;
		complaints.push({
			at: placeOf(left, path),
			text: `'${dotted}' is a key of polytope-server v1: ${advice}`,
		});
		left = pruned(left, path);
	}
	return left;
}

/** The tree without a key, nor the section that held nothing else. */
function pruned(tree: Tree, path: Path): Tree {
	const left = without(tree, path);
	const above = find(left, path.slice(0, -1));
	const emptied = above?.kind === "map" && above.entries.size === 0;
	return emptied && path.length > 1 ? without(left, path.slice(0, -1)) : left;
}
