import { parseArgs } from "node:util";
import { INTERRUPTED, interruption } from "../../stack/interrupt.ts";
import { type ChaosOptions, runChaos } from "./run.ts";

const USAGE = `npm run chaos -- [--requests N] [--kills K] [--seed S] [--clients C] [--real SHARE]
A stack under load, whose processes and servers are killed, stopped and paused; then everything is looked at from outside.
Prints a summary, one line of JSON; ends with 1 when anything is not as it must be.
SIGINT or SIGTERM ends the run and all that it started.`;

function readArguments(): ChaosOptions {
	const { values } = parseArgs({
		options: {
			requests: { type: "string", default: "300" },
			kills: { type: "string", default: "30" },
			seed: { type: "string", default: `${Date.now() % 1_000_000}` },
			clients: { type: "string", default: "32" },
			real: { type: "string", default: "0.05" },
		},
	});
	const numbers = Object.entries(values).map(([name, text]) => {
		const number = Number(text);
		if (!(number >= 0)) throw new Error(`--${name} takes a number\n${USAGE}`);
		return [name, number] as const;
	});
	const {
		requests = 0,
		kills = 0,
		seed = 0,
		clients = 1,
		real = 0,
	} = Object.fromEntries(numbers);
	return { requests, kills, seed, clients, real };
}

const signal = interruption();
try {
	const onProgress = (text: string): void => console.error(text);
	const summary = await runChaos({ ...readArguments(), signal, onProgress });
	console.log(JSON.stringify(summary));
	for (const violation of summary.violations) console.error(violation);
	process.exitCode = summary.violations.length === 0 ? 0 : 1;
} catch (reason) {
	if (reason !== signal.reason) console.error(reason);
	// Whatever still looks at something has nothing left to look at.
	process.exit(signal.aborted ? INTERRUPTED : 1);
}
