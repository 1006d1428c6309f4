import {
	type DescMessage,
	fromJson,
	type JsonValue,
	type MessageShape,
} from "@bufbuild/protobuf";

/** OTLP's own exception from the JSON of protobuf: these bytes are hexadecimal, not base64. */
const IDS: ReadonlySet<string> = new Set(["traceId", "spanId", "parentSpanId"]);

/**
 * Reads OTLP's JSON.
 *
 * @throws Error when the text is none
 */
export const fromOtlpJson = <S extends DescMessage>(
	schema: S,
	text: string,
): MessageShape<S> =>
	fromJson(schema, JSON.parse(text, toBase64) as JsonValue, {
		ignoreUnknownFields: true,
	});

const toBase64 = (key: string, value: unknown): unknown =>
	IDS.has(key) && typeof value === "string" && /^([0-9a-f]{2})*$/i.test(value)
		? Buffer.from(value, "hex").toString("base64")
		: value;
