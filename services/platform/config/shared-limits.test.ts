import { expect, it } from "vitest";
import { loadConfig } from "./load.ts";
import { unsharedLimits } from "./shared-limits.ts";

const OFF = { rate: 0 };
const judge = (overrides: Record<string, unknown>) =>
	unsharedLimits(loadConfig({ files: [], env: {}, overrides }).config);

it("wants a shared cache for limits, and nothing without limits", () => {
	expect(judge({})).toMatch(/set 'cache\.url' to redis:/);
	expect(judge({ cache: { url: "redis://127.0.0.1:6379" } })).toBeUndefined();
	const limits = { submissions: OFF, polls: OFF, failed_sign_ins: OFF };
	expect(judge({ http: { limits } })).toBeUndefined();
	expect(
		judge({ http: { limits: { ...limits, polls: { rate: "1/s" } } } }),
	).toMatch(/limits/);
});
