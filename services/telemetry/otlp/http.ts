import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import {
	type DescMessage,
	fromBinary,
	type MessageShape,
} from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import { ExportMetricsServiceRequestSchema } from "../../../gen/opentelemetry/proto/collector/metrics/v1/metrics_service_pb.js";
import { ExportTraceServiceRequestSchema } from "../../../gen/opentelemetry/proto/collector/trace/v1/trace_service_pb.js";
import { faultOf } from "../../platform/faults.ts";
import { fromOtlpJson } from "./json.ts";
import { statusBytes, traceAnswerBytes, traceAnswerJson } from "./partial.ts";
import type { Receiver } from "./receiver.ts";

const unzip = promisify(gunzip);
const PROTOBUF = "application/x-protobuf";
const JSON_TYPE = "application/json";

export interface OtlpOptions {
	readonly receiver: Receiver;
	/** Bytes of one message, unpacked. */
	readonly most: number;
	/** Whether a call shows the secret of the processes, where there is one. */
	readonly trusts: (shown: string | undefined) => boolean;
}

/** A refusal of an export, with its HTTP status. */
class Refused extends Error {
	readonly status: number;
	constructor(status: number, message: string) {
		super(message);
		this.status = status;
	}
}

/** OTLP over HTTP: POST of protobuf or JSON, plain or gzip. Paths other than its own are not answered: false. */
export const otlpHandler =
	(options: OtlpOptions) =>
	async (req: IncomingMessage, res: ServerResponse): Promise<boolean> => {
		const path = req.url?.split("?")[0];
		if (path !== "/v1/traces" && path !== "/v1/metrics") return false;
		const type = (req.headers["content-type"] ?? "").split(";")[0]?.trim();
		try {
			send(res, type, 200, await take(options, path, type, req));
		} catch (reason) {
			const { status, message } = refusalOf(reason);
			send(res, type, status, {
				bytes: statusBytes(codeOf(status), message),
				json: { code: codeOf(status), message },
			});
		}
		return true;
	};

interface Answer {
	readonly bytes: Uint8Array;
	readonly json: unknown;
}

async function take(
	{ receiver, most, trusts }: OtlpOptions,
	path: string,
	type: string | undefined,
	req: IncomingMessage,
): Promise<Answer> {
	if (req.method !== "POST") throw new Refused(405, "exports are sent by POST");
	if (!trusts(req.headers["x-polytope-token"]?.toString()))
		throw new Refused(401, "exports need the header x-polytope-token");
	if (type !== PROTOBUF && type !== JSON_TYPE)
		throw new Refused(415, `expected ${PROTOBUF} or ${JSON_TYPE}`);
	const body = await bodyOf(req, most);
	if (path === "/v1/metrics") {
		receiver.metrics(read(ExportMetricsServiceRequestSchema, type, body));
		return { bytes: new Uint8Array(), json: {} };
	}
	const rejection = await receiver.traces(
		read(ExportTraceServiceRequestSchema, type, body),
	);
	return {
		bytes: traceAnswerBytes(rejection),
		json: traceAnswerJson(rejection),
	};
}

async function bodyOf(req: IncomingMessage, most: number): Promise<Buffer> {
	const tooLarge = new Refused(413, `a message may have ${most} bytes`);
	const pieces: Buffer[] = [];
	let length = 0;
	for await (const piece of req) {
		length += piece.length;
		if (length > most) throw tooLarge;
		pieces.push(piece);
	}
	const sent = Buffer.concat(pieces);
	const encoding = req.headers["content-encoding"] ?? "identity";
	if (encoding === "identity") return sent;
	if (encoding !== "gzip")
		throw new Refused(415, `expected gzip, not ${encoding}`);
	return unzip(sent, { maxOutputLength: most }).catch((reason: unknown) => {
		const large =
			reason instanceof Error &&
			"code" in reason &&
			reason.code === "ERR_BUFFER_TOO_LARGE";
		throw large ? tooLarge : new Refused(400, "the body is no gzip");
	});
}

function read<S extends DescMessage>(
	schema: S,
	type: string,
	body: Buffer,
): MessageShape<S> {
	try {
		return type === JSON_TYPE
			? fromOtlpJson(schema, body.toString())
			: fromBinary(schema, body);
	} catch (reason) {
		const why = reason instanceof Error ? reason.message : "";
		throw new Refused(400, `not a message of OTLP: ${why}`);
	}
}

function refusalOf(reason: unknown): { status: number; message: string } {
	if (reason instanceof Refused) return reason;
	const known = faultOf(reason);
	if (known !== undefined)
		return { status: known.http, message: known.message };
	throw reason;
}

const codeOf = (status: number): Code =>
	status === 503 ? Code.Unavailable : Code.InvalidArgument;

function send(
	res: ServerResponse,
	type: string | undefined,
	status: number,
	{ bytes, json }: Answer,
): void {
	const asJson = type === JSON_TYPE;
	const body = asJson ? Buffer.from(JSON.stringify(json)) : bytes;
	res.writeHead(status, {
		"content-type": asJson ? JSON_TYPE : PROTOBUF,
		"content-length": body.length,
		...(status === 503 && { "retry-after": "5" }),
		// What is left of a body that was refused is not read.
		...(status !== 200 && { connection: "close" }),
	});
	res.end(body);
}
