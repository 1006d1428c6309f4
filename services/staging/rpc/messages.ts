import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
	type LocateRequest,
	type Object$,
	ObjectSchema,
} from "../../../gen/polytope/staging/v1/staging_pb.js";
import { fault } from "../../platform/faults.ts";
import { extensionOf } from "../../platform/media-types.ts";
import { spanContextOf } from "../../platform/telemetry/context.ts";
import type { Wanted } from "../delivery.ts";
import {
	checkKey,
	isFileName,
	isMediaType,
	type StoredObject,
	type Upload,
} from "../objects.ts";

/** Throws INVALID for a key of another form. */
export const parseKey = checkKey;

/** Throws INVALID, with the field that is wrong. */
export function parseUpload(message: Upload): Upload {
	const { key, mediaType, fileName, traceparent = "" } = message;
	if (!isMediaType(mediaType))
		throw fault(
			"INVALID",
			`media_type ${JSON.stringify(mediaType)} is not type/subtype without parameters`,
		);
	if (!isFileName(fileName))
		throw fault(
			"INVALID",
			`file_name ${JSON.stringify(fileName)} is not 1 to 200 bytes without path and control characters`,
		);
	if (traceparent !== "" && spanContextOf(traceparent) === undefined)
		throw fault("INVALID", "traceparent is not that of W3C Trace Context");
	return {
		key: parseKey(key),
		mediaType,
		fileName,
		...(traceparent !== "" && { traceparent }),
	};
}

/** Throws INVALID, with the field that is wrong. */
export function parseLocated(request: LocateRequest): Wanted {
	const { key, mediaType, baseUrl, fileName } = request;
	const named = fileName || `${key}.${extensionOf(mediaType)}`;
	return { ...parseUpload({ key, mediaType, fileName: named }), baseUrl };
}

/** The message for an object. */
export function objectMessage(object: StoredObject): Object$ {
	const { length, createdAt, traceparent: _, ...rest } = object;
	return create(ObjectSchema, {
		...rest,
		length: BigInt(length),
		createdAt: timestampFromMs(createdAt),
	});
}
