import { openMemoryQueue } from "./memory.ts";
import { CONTRACT_LIMITS, queueContract } from "./queue.contract.ts";

queueContract("memory", () =>
	Promise.resolve(openMemoryQueue(CONTRACT_LIMITS)),
);
