import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { Status } from "../../gen/polytope/store/v1/store_pb.js";
import { type Served, serveRpc } from "../../services/platform/rpc/serve.ts";
import { mustRun } from "../kit/command.ts";
import { grpcurl } from "../kit/grpcurl.ts";
import { openTestStore, type TestStore } from "../kit/store.ts";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";

let command: string;
let it: TestStore;
let served: Served;

beforeAll(async () => {
	command = await grpcurl();
	it = await openTestStore();
	served = await serveRpc(it.routes);
}, INSTALL_TIMEOUT);
afterAll(async () => {
	await served[Symbol.asyncDispose]();
	await it[Symbol.asyncDispose]();
});

const call = (method: string, message: unknown): Promise<string> =>
	mustRun(command, [
		"-plaintext",
		"-d",
		JSON.stringify(message),
		new URL(served.url).host,
		`polytope.store.v1.StoreService/${method}`,
	]);
const listed = z.object({
	requests: z
		.array(
			z.object({
				id: z.string(),
				deadAt: z.string(),
				history: z.array(
					z.object({ status: z.string(), reason: z.string().optional() }),
				),
			}),
		)
		.default([]),
});
const deadLetters = async () =>
	listed.parse(JSON.parse(await call("DeadLetters", { limit: 10 }))).requests;

test("an operator with grpcurl sees dead letters with their history, and lets one wait again", async () => {
	const { id } = await it.processing(it.own());
	expect(await deadLetters()).toEqual([]);
	it.clock.ms += 60_000;
	await it.store.requeue({ limit: 10, maxAttempts: 1 });
	const [letter] = await deadLetters();
	expect(letter).toMatchObject({
		id,
		deadAt: new Date(it.clock.ms).toISOString().replace(".000", ""),
	});
	expect(letter?.history.at(-1)).toEqual({
		status: "STATUS_FAILED",
		reason: "its worker fell silent",
	});
	const answer = z
		.object({ revived: z.array(z.string()) })
		.parse(JSON.parse(await call("Revive", { ids: [id] })));
	expect(answer.revived).toEqual([id]);
	expect(await deadLetters()).toEqual([]);
	expect((await it.get(id)).status).toBe(Status.WAITING);
});
