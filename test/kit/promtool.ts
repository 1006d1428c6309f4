import { tool } from "./tools.ts";

/** Path of promtool, which judges metrics, rules and configurations as Prometheus does. Building it takes minutes. */
export const promtool = (): Promise<string> =>
	tool({
		name: "promtool",
		version: "0.315.0",
		recipes: [
			{
				by: "go-sources",
				module: "github.com/prometheus/prometheus@v0.315.0",
				package: "./cmd/promtool",
			},
		],
	});
