import { fromBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import {
	type ExportTraceServiceResponse,
	ExportTraceServiceResponseSchema,
} from "../../../gen/opentelemetry/proto/collector/trace/v1/trace_service_pb.js";
import type { Rejection } from "./receiver.ts";

/**
 * The answer to an export. Its one field, `partial_success`, is younger than the contract's files that can be had: it is
 * written here, and carried along as an unknown field. https://opentelemetry.io/docs/specs/otlp/#partial-success
 */
export const traceAnswer = (rejection: Rejection): ExportTraceServiceResponse =>
	fromBinary(ExportTraceServiceResponseSchema, traceAnswerBytes(rejection));

export function traceAnswerBytes({ count, why }: Rejection): Uint8Array {
	const writer = new BinaryWriter();
	if (count > 0) {
		writer.tag(1, WireType.LengthDelimited).fork();
		writer.tag(1, WireType.Varint).int64(count);
		writer.tag(2, WireType.LengthDelimited).string(why).join();
	}
	return writer.finish();
}

export const traceAnswerJson = ({ count, why }: Rejection): unknown =>
	count === 0
		? {}
		: { partialSuccess: { rejectedSpans: String(count), errorMessage: why } };

/** A refusal as OTLP over HTTP wants it: `google.rpc.Status`. */
export function statusBytes(code: number, message: string): Uint8Array {
	const writer = new BinaryWriter();
	writer.tag(1, WireType.Varint).int32(code);
	return writer.tag(2, WireType.LengthDelimited).string(message).finish();
}
