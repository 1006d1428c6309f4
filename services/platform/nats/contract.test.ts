import { randomUUID } from "node:crypto";
import { afterAll, beforeAll } from "vitest";
import { type TestNats, testNats } from "../../../test/kit/nats.ts";
import { INSTALL_TIMEOUT } from "../../../test/kit/tools.ts";
import { openLog } from "../log.ts";
import { CONTRACT_LIMITS, queueContract } from "../queue/queue.contract.ts";
import { openJetStream } from "./jetstream.ts";

let nats: TestNats;
beforeAll(async () => {
	nats = await testNats();
}, INSTALL_TIMEOUT);
afterAll(() => nats[Symbol.asyncDispose]());

queueContract("JetStream", () =>
	openJetStream(
		{
			...CONTRACT_LIMITS,
			nats: { url: nats.url },
			name: `test-${randomUUID().slice(0, 8)}`,
			replicas: 1,
		},
		openLog("fatal"),
	),
);
