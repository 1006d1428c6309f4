import { Agent, request as overHttp } from "node:http";
import { request as overHttps, Agent as TlsAgent } from "node:https";
import type { Tls } from "../../rpc/tls.ts";
import { Refused, type Send } from "./outbox.ts";

/** A receiver of OTLP in another process. */
export interface Otlp {
	/** Without `/v1/traces`. */
	readonly endpoint: string;
	readonly protocol: "grpc" | "http/protobuf";
	readonly headers: Readonly<Record<string, string>>;
	/** Certificates of this process and of the authority; without it, those of the system where the endpoint is https. */
	readonly tls?: Tls | undefined;
}

export const senderTo = (otlp: Otlp): Send =>
	otlp.protocol === "grpc" ? grpcSender(otlp) : httpSender(otlp);

/** Answers of HTTP after which OTLP has an exporter send again. */
const AGAIN: ReadonlySet<number> = new Set([429, 502, 503, 504]);

function httpSender({ endpoint, headers }: Otlp): Send {
	const secure = endpoint.startsWith("https:");
	const ask = secure ? overHttps : overHttp;
	const agent = new (secure ? TlsAgent : Agent)({ keepAlive: true });
	return (message, signal) =>
		new Promise((resolve, reject) => {
			const request = ask(
				`${endpoint}/v1/traces`,
				{
					agent,
					method: "POST",
					headers: {
						...headers,
						"content-type": "application/x-protobuf",
						"content-length": message.length,
					},
					signal,
				},
				(response) => {
					const { statusCode = 0 } = response;
					const text = `it answered ${statusCode}`;
					response.on("error", reject).resume();
					if (statusCode >= 200 && statusCode < 300)
						response.once("end", resolve);
					else
						reject(AGAIN.has(statusCode) ? new Error(text) : new Refused(text));
				},
			);
			request.on("error", reject).end(message);
		});
}

const EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
const asIs = (bytes: Buffer): Buffer => bytes;

/** gRPC's codes after which OTLP has an exporter send again; the last is `RESOURCE_EXHAUSTED`, which may pass. */
const PASSING: ReadonlySet<number> = new Set([1, 4, 10, 11, 14, 15, 8]);

/** The library is loaded with the first spans: not before the process is ready, and not where nobody takes any. */
function grpcSender(otlp: Otlp): Send {
	let opened: ReturnType<typeof openGrpc> | undefined;
	return async (message, signal) => {
		opened ??= openGrpc(otlp);
		const { client, metadata } = await opened;
		await new Promise<void>((resolve, reject) => {
			const call = client.makeUnaryRequest(
				EXPORT,
				asIs,
				asIs,
				Buffer.from(message.buffer, message.byteOffset, message.length),
				metadata,
				(failure) => {
					signal.removeEventListener("abort", cancel);
					if (failure === null) resolve();
					else if (PASSING.has(failure.code)) reject(failure);
					else reject(new Refused(failure.message));
				},
			);
			const cancel = (): void => call.cancel();
			signal.addEventListener("abort", cancel);
			if (signal.aborted) cancel();
		});
	};
}

async function openGrpc({ endpoint, headers, tls }: Otlp) {
	const { Client, credentials, Metadata } = await import("@grpc/grpc-js");
	const { protocol, hostname, port } = new URL(endpoint);
	const secure = protocol === "https:";
	const metadata = new Metadata();
	for (const [name, value] of Object.entries(headers))
		metadata.set(name, value);
	const trust = tls
		? credentials.createSsl(tls.ca, tls.key, tls.cert)
		: secure
			? credentials.createSsl()
			: credentials.createInsecure();
	const at = `${hostname}:${port || (secure ? 443 : 80)}`;
	return { client: new Client(at, trust), metadata };
}
