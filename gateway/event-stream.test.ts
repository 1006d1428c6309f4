import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import { RequestSchema, Status } from "../gen/polytope/store/v1/store_pb.js";
import { until } from "../test/kit/until.ts";
import { openEventStream } from "./event-stream.ts";

const LOCATION = "https://door/api/v1/requests/1";
/** A request whose history has so many entries, each with a long reason. */
const request = (entries: number, status = Status.WAITING, bytes = 0n) =>
	create(RequestSchema, {
		status,
		progressBytes: bytes,
		history: Array.from({ length: entries }, (_, index) => ({
			status: index + 1 < entries ? Status.WAITING : status,
			at: timestampFromMs(1000),
			attempt: 1,
			reason: `${index + 1} ${"x".repeat(10_000)}`,
		})),
	});

/** A server with one response, and a client that does not read it until it is told to. */
async function oneResponse() {
	const came = Promise.withResolvers<ServerResponse>();
	const server = createServer((_, response) => came.resolve(response));
	await new Promise<void>((up) => server.listen(0, "127.0.0.1", up));
	const { port } = server.address() as AddressInfo;
	const socket = connect(port, "127.0.0.1");
	socket.write("GET / HTTP/1.0\r\n\r\n");
	return {
		socket,
		response: await came.promise,
		[Symbol.dispose]() {
			socket.destroy();
			server.close();
		},
	};
}

test("who does not read costs no memory, and gets all that is history and the newest progress", async () => {
	using it = await oneResponse();
	const stream = openEventStream(it.response, 0, LOCATION);
	stream.begin();
	let entries = 0;
	// What the sockets take is not ours: go on until they are full.
	await until(
		"nothing more is taken",
		() => {
			entries += 1;
			stream.tell(request(entries));
			return it.response.writableNeedDrain && it.response.writableLength > 0;
		},
		20_000,
	);
	const held = it.response.writableLength;
	for (let more = 1; more <= 500; more++) {
		stream.tell(request(entries + more, Status.PROCESSING, BigInt(more)));
		stream.beat();
	}
	expect(it.response.writableLength).toBe(held);
	const received = text(it.socket);
	await until("it is drained", () => !it.response.writableNeedDrain);
	stream.tell(request(entries + 501, Status.PROCESSED));
	const events = (await received).split("\n\n");
	const ids = events.flatMap((one) => /^id: (\d+)$/m.exec(one)?.[1] ?? []);
	expect(ids).toEqual(
		Array.from({ length: entries + 501 }, (_, index) => String(index + 1)),
	);
	const progress = events.filter((one) => one.includes("event: progress"));
	expect(progress.map((one) => /"bytes":(\d+)/.exec(one)?.[1])).toEqual([
		"500",
	]);
	expect(events.filter((one) => one.includes("event: end"))).toHaveLength(1);
}, 40_000);

test("is ended with a time to come back; who does not read is cut off", async () => {
	using it = await oneResponse();
	const stream = openEventStream(it.response, 0, LOCATION);
	stream.begin();
	stream.leave();
	const received = await text(it.socket);
	const times = [...received.matchAll(/^retry: (\d+)$/gm)].map(([, ms]) =>
		Number(ms),
	);
	expect(times[0]).toBe(2000);
	expect(times[1]).toBeGreaterThanOrEqual(2000);

	using stuck = await oneResponse();
	const other = openEventStream(stuck.response, 0, LOCATION);
	let entries = 0;
	await until("nothing more is taken", () => {
		entries += 20;
		other.tell(request(entries));
		return stuck.response.writableNeedDrain;
	});
	other.leave();
	expect(stuck.response.destroyed).toBe(true);
});
