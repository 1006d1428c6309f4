import { once } from "node:events";
import { createServer } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { countedOtherwise } from "./telemetry.ts";

/** A telemetry endpoint that says what it is told to. */
async function says(status: number, body: unknown): Promise<string> {
	const server = createServer((_, response) =>
		response.writeHead(status).end(JSON.stringify(body)),
	);
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	onTestFinished(() => void server.close());
	const address = server.address();
	if (address === null || typeof address === "string") throw new Error("port");
	return `http://127.0.0.1:${address.port}`;
}

const rows = [
	{ collection: "echo", status: "processed" },
	{ collection: "echo", status: "processed" },
	{ collection: "echo", status: "cancelled" },
];
const counts = { processed: 2, failed: 0, cancelled: 1 };

test("counts that are the rows' are right", async () => {
	const door = await says(200, [{ name: "echo", last_24h: counts }]);
	expect(await countedOtherwise(door, rows)).toEqual([]);
});

test("counts that are not are named, and so is an endpoint that does not tell", async () => {
	const last_24h = { ...counts, processed: 3, cancelled: 0 };
	const door = await says(200, [{ name: "echo", last_24h }]);
	expect(await countedOtherwise(door, rows)).toEqual([
		"telemetry counts 3 processed of echo, there are 2",
		"telemetry counts 0 cancelled of echo, there are 1",
	]);
	const closed = await says(403, { detail: "no" });
	expect(await countedOtherwise(closed, rows)).toEqual([
		'telemetry answers 403 {"detail":"no"}',
	]);
});
