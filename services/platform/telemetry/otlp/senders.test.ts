import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import * as grpc from "@grpc/grpc-js";
import { describe, expect, it, onTestFinished } from "vitest";
import { freePort } from "../../../../test/kit/ports.ts";
import { Refused } from "./outbox.ts";
import { senderTo } from "./senders.ts";

const MESSAGE = Buffer.from([1, 2, 3, 200]);
const headers = { "x-key": "secret" };
const patient = new AbortController().signal;

/** What a receiver was sent. */
interface Seen {
	readonly message: Buffer;
	readonly key: unknown;
}

async function openHttp(status: number) {
	const seen: Seen[] = [];
	const server = createServer(async (request, response) => {
		const message = await buffer(request);
		seen.push({ message, key: request.headers["x-key"] });
		if (status > 0) response.writeHead(status).end();
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	onTestFinished(() => {
		server.closeAllConnections();
		server.close();
	});
	const { port } = server.address() as AddressInfo;
	const endpoint = `http://127.0.0.1:${port}`;
	const send = senderTo({ endpoint, protocol: "http/protobuf", headers });
	return { send, seen };
}

async function openGrpc(code: number) {
	const seen: Seen[] = [];
	const asIs = (bytes: Buffer): Buffer => bytes;
	const server = new grpc.Server();
	server.addService(
		{
			export: {
				path: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
				...{ requestStream: false, responseStream: false },
				...{ requestSerialize: asIs, requestDeserialize: asIs },
				...{ responseSerialize: asIs, responseDeserialize: asIs },
			},
		},
		{
			export: (
				call: grpc.ServerUnaryCall<Buffer, Buffer>,
				answer: grpc.sendUnaryData<Buffer>,
			) => {
				seen.push({
					message: call.request,
					key: call.metadata.get("x-key")[0],
				});
				if (code === grpc.status.OK) answer(null, Buffer.alloc(0));
				else answer({ code, details: "no" });
			},
		},
	);
	const port = await new Promise<number>((resolve, reject) =>
		server.bindAsync(
			"127.0.0.1:0",
			grpc.ServerCredentials.createInsecure(),
			(failure, bound) => (failure ? reject(failure) : resolve(bound)),
		),
	);
	onTestFinished(() => server.forceShutdown());
	const endpoint = `http://127.0.0.1:${port}`;
	return { send: senderTo({ endpoint, protocol: "grpc", headers }), seen };
}

const { OK, UNAVAILABLE, INVALID_ARGUMENT } = grpc.status;

describe.each([
	["HTTP", openHttp, { taken: 200, later: 503, never: 400 }],
	[
		"gRPC",
		openGrpc,
		{ taken: OK, later: UNAVAILABLE, never: INVALID_ARGUMENT },
	],
] as const)("a receiver over %s", (_name, open, answers) => {
	it("has the message as it is, and what opens its door", async () => {
		const { send, seen } = await open(answers.taken);
		await send(MESSAGE, patient);
		await send(MESSAGE, patient);
		expect(seen).toEqual([
			{ message: MESSAGE, key: "secret" },
			{ message: MESSAGE, key: "secret" },
		]);
	});

	it("may say that it is to be sent again, or that it never will be taken", async () => {
		const later = await open(answers.later);
		const failure = await later.send(MESSAGE, patient).catch((why) => why);
		expect(failure).toBeInstanceOf(Error);
		expect(failure).not.toBeInstanceOf(Refused);
		const never = await open(answers.never);
		await expect(never.send(MESSAGE, patient)).rejects.toThrow(Refused);
	});
});

it.each(["grpc", "http/protobuf"] as const)(
	"nobody at the other end, over %s: a failure that passes",
	async (protocol) => {
		const endpoint = `http://127.0.0.1:${await freePort()}`;
		const failure = await senderTo({ endpoint, protocol, headers })(
			MESSAGE,
			patient,
		).catch((why) => why);
		expect(failure).toBeInstanceOf(Error);
		expect(failure).not.toBeInstanceOf(Refused);
	},
);

it("a receiver that does not answer is left when the time is over", async () => {
	const { send, seen } = await openHttp(0);
	const over = new AbortController();
	const sent = send(MESSAGE, over.signal);
	const refused = expect(sent).rejects.toThrow(/abort/i);
	await expect.poll(() => seen.length).toBe(1);
	over.abort();
	await refused;
});
