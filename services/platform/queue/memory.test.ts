import { openMemoryQueue } from "./memory.ts";
import { queueContract } from "./queue.contract.ts";

queueContract("memory", () =>
	Promise.resolve(
		openMemoryQueue({ ackWaitMs: 50, dedupeMs: 60_000, capacity: 100 }),
	),
);
