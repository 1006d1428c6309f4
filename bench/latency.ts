import { startProduct } from "../test/kit/product.ts";
import { driveNumbers } from "./drive.ts";
import { type Benchmark, quantile } from "./measure.ts";

const COUNT = 300;

/** From the submission until a long poll says that the result is ready; nothing else runs. */
export const latency: Benchmark = {
	name: "latency",
	async run() {
		await using product = await startProduct();
		const taken = await driveNumbers({
			kind: "latency",
			url: product.url,
			count: COUNT,
		});
		return [
			{
				name: "submit to ready, p50",
				value: quantile(taken, 0.5),
				unit: "ms",
				goals: [{ at: "most", bound: 10, of: "value" }],
			},
			{
				name: "submit to ready, p99",
				value: quantile(taken, 0.99),
				unit: "ms",
			},
		];
	},
};
