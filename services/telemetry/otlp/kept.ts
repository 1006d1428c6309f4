import type {
	AnyValue,
	KeyValue,
} from "../../../gen/opentelemetry/proto/common/v1/common_pb.js";
import type { Attributes } from "../tables.ts";

/**
 * What is kept of attributes: these, and nothing else. Whatever is not named here may be a secret (an address with a
 * signature, a key, somebody's e-mail address), so it never reaches a table.
 */
const KEPT: ReadonlySet<string> = new Set([
	"polytope.request.id",
	"polytope.collection",
	"polytope.datasource",
	"polytope.verb",
	"polytope.attempt",
	"polytope.status",
	"polytope.bytes",
	"polytope.fields",
	"polytope.admitted",
	"polytope.role",
	"http.request.method",
	"http.response.status_code",
	"http.route",
	"http.request.body.size",
	"http.response.body.size",
	"rpc.system",
	"rpc.system.name",
	"rpc.service",
	"rpc.method",
	"rpc.grpc.status_code",
	"rpc.status_code",
	"rpc.response.status_code",
	"db.system.name",
	"db.operation.name",
	"db.query.summary",
	"db.collection.name",
	"db.response.status_code",
	"messaging.system",
	"messaging.operation.name",
	"messaging.operation.type",
	"messaging.destination.name",
	"messaging.batch.message_count",
	"network.protocol.name",
	"network.protocol.version",
	"error.type",
	"exception.type",
	"service.name",
	"service.version",
	"service.instance.id",
]);

const LONGEST = 256;

/** Plain values of the attributes that are kept; lists and maps are none. */
export function keptAttributes(all: readonly KeyValue[]): Attributes {
	const kept: Record<string, string | number | boolean> = {};
	for (const { key, value } of all) {
		const plain = KEPT.has(key) ? plainOf(value) : undefined;
		if (plain !== undefined) kept[key] = plain;
	}
	return kept;
}

function plainOf(
	value: AnyValue | undefined,
): string | number | boolean | undefined {
	switch (value?.value.case) {
		case "stringValue":
			return storable(value.value.value);
		case "boolValue":
			return value.value.value;
		case "intValue":
			return Number(value.value.value);
		case "doubleValue":
			return Number.isFinite(value.value.value) ? value.value.value : undefined;
		default:
			return undefined;
	}
}

/** PostgreSQL takes no NUL, and JSON of it no half of a pair. */
export const storable = (text: string): string =>
	text.slice(0, LONGEST).replaceAll("\0", "").toWellFormed();
