import { expect, test } from "vitest";
import { DEFAULT_REPLICAS, parseReplicas } from "./plan.ts";

test("replicas are those asked for, else the usual ones", () => {
	expect(parseReplicas("")).toEqual(DEFAULT_REPLICAS);
	expect(parseReplicas("worker=3,gateway=0")).toEqual({
		...DEFAULT_REPLICAS,
		worker: 3,
		gateway: 0,
	});
	for (const wrong of ["worker", "worker=", "worker=x", "nobody=1"])
		expect(() => parseReplicas(wrong)).toThrow(wrong);
});
