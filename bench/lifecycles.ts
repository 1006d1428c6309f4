import { startProduct } from "../test/kit/product.ts";
import { bareLifecycles } from "./bare.ts";
import { driveNumber } from "./drive.ts";
import type { Benchmark, Goal, Measure } from "./measure.ts";

const GOALS: ReadonlyMap<number, readonly Goal[]> = new Map([
	[
		64,
		[
			{ at: "least", bound: 600, of: "value" },
			{ at: "least", bound: 0.5, of: "ratio" },
		],
	],
]);
const SECONDS = 6;
const WARM_UP = 3;

/**
 * Whole requests a second, from submission to ready, of clients that each keep a connection and begin anew when one is
 * done; beside a bare driver that sends the same statements to the same PostgreSQL.
 */
export const lifecycles: Benchmark = {
	name: "lifecycles",
	async run() {
		const measures: Measure[] = [];
		for (const clients of [1, 8, 64]) {
			const value = await served(clients);
			const goals = GOALS.get(clients);
			measures.push({
				name: `lifecycles, ${clients} client${clients > 1 ? "s" : ""}`,
				value,
				unit: "1/s",
				baseline: await bareLifecycles({
					clients,
					seconds: SECONDS,
					warmUp: WARM_UP,
				}),
				...(goals !== undefined && { goals }),
			});
		}
		return measures;
	},
};

async function served(clients: number): Promise<number> {
	await using product = await startProduct();
	return await driveNumber({
		kind: "lifecycles",
		url: product.url,
		clients,
		seconds: SECONDS,
		warmUp: WARM_UP,
	});
}
