import { appendFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_REPLICAS, type Replicas } from "../../stack/plan.ts";
import { openStack, type Stack } from "../../stack/stack.ts";
import { processesOn } from "../kit/processes.ts";
import { until } from "../kit/until.ts";
import { type Client, perform, type Seen } from "./client.ts";
import { configText } from "./config.ts";
import { type Inspector, openInspector } from "./database.ts";
import { openOracle } from "./expected.ts";
import { faultsOf } from "./faults.ts";
import { openHttp } from "./http.ts";
import { type Journal, openJournal } from "./journal.ts";
import { readLogs } from "./logs.ts";
import { openRandom } from "./random.ts";
import { openRealClients } from "./real.ts";
import { storm } from "./storm.ts";
import { type Summary, summaryOf } from "./summary.ts";
import { type Task, tasksOf } from "./tasks.ts";
import { judge } from "./verdict.ts";

export interface ChaosOptions {
	readonly requests: number;
	readonly kills: number;
	readonly seed: number;
	readonly replicas?: Partial<Replicas>;
	/** Clients that work at the same time. */
	readonly clients?: number;
	/** Share of the requests that the unmodified polytope-client makes. */
	readonly real?: number;
	/** Told how far it is. */
	readonly onProgress?: (text: string) => void;
}

const REPLICAS: Replicas = {
	...DEFAULT_REPLICAS,
	store: 2,
	staging: 2,
	worker: 3,
	broker: 2,
	collector: 2,
	gateway: 2,
};
/** Milliseconds after the storm in which all clients must have got their answers. */
const PATIENCE_MS = 120_000;
/** Milliseconds in which everything must have been fetched once more. */
const JUDGING_MS = 1_800_000;
/** Requests may be ahead of the blows, and blows of the requests, by this share of the run; and by a few at least. */
const AHEAD = 0.02;

/** Runs a storm over a stack under load, and judges what is left. */
export async function runChaos(options: ChaosOptions): Promise<Summary> {
	const from = performance.now();
	const journal = openJournal((text) =>
		options.onProgress?.(`violation: ${text}`),
	);
	const folder = await mkdtemp(join(tmpdir(), "polytope-chaos-"));
	const kept = await runIn(folder, options, journal);
	const seconds = (performance.now() - from) / 1000;
	const summary = summaryOf(options, journal, { ...kept, seconds });
	if (journal.violations.length === 0)
		await rm(folder, { recursive: true, force: true, maxRetries: 10 });
	return journal.violations.length === 0 ? summary : { ...summary, folder };
}

async function runIn(
	folder: string,
	options: ChaosOptions,
	journal: Journal,
): Promise<{ stormSeconds: number }> {
	const archive = join(folder, "archive");
	await mkdir(archive);
	const config = join(folder, "chaos.json");
	await writeFile(config, configText(archive));
	await using stack = await openStack({
		replicas: { ...REPLICAS, ...options.replicas },
		folder,
		config: [config],
		durable: true,
	});
	await stack.start();
	options.onProgress?.(
		`the stack serves at ${stack.url}; logs in ${folder}/logs`,
	);
	const stormSeconds = await strikeAndJudge(stack, options, journal);
	await endsWell(stack, journal);
	await readLogs(stack.processes, journal);
	return { stormSeconds };
}

async function strikeAndJudge(
	stack: Stack,
	options: ChaosOptions,
	journal: Journal,
): Promise<number> {
	const { seed, requests, kills } = options;
	const oracle = await openOracle(join(stack.folder, "data/sample"));
	const tasks = tasksOf(seed, requests, options.real ?? 0.05);
	for (const { request, data } of tasks)
		if (data !== undefined && typeof request !== "string")
			oracle.archived(request, data);
	using http = openHttp(journal);
	const patience = new AbortController();
	const client: Client = {
		url: stack.url,
		ask: http.ask,
		journal,
		signal: patience.signal,
	};
	const from = performance.now();
	const events = join(stack.folder, "events.log");
	const course = openCourse(requests, kills, options.onProgress);
	const clients = work(stack, client, tasks, course, options.clients ?? 32);
	await storm(faultsOf(openRandom(seed + 1), kills), {
		stack,
		journal,
		turn: course.turnToStrike,
		onStruck: course.struck,
		onEvent: (text) =>
			void appendFile(events, `${new Date().toISOString()} ${text}\n`),
	});
	course.struck(kills);
	const late = setTimeout(() => patience.abort(), PATIENCE_MS);
	const seen = await clients;
	clearTimeout(late);
	const seconds = (performance.now() - from) / 1000;
	options.onProgress?.(
		`all clients have their answers after ${Math.round(seconds)} s; looking at what is left`,
	);
	await using inspector = await openInspector(stack.settings.store.url);
	await judge({
		stack,
		client: { ...client, signal: AbortSignal.timeout(JUDGING_MS) },
		inspector,
		oracle,
		journal,
		seen,
	});
	return seconds;
}

/** Requests and blows wait for each other, so that both are spread over the whole run. */
function openCourse(
	requests: number,
	kills: number,
	onProgress: ChaosOptions["onProgress"] = () => {},
) {
	let ended = 0;
	let struck = 0;
	const shareStruck = (): number => (kills === 0 ? 1 : struck / kills);
	const ahead = Math.max(
		AHEAD,
		3 / Math.max(kills, 1),
		40 / Math.max(requests, 1),
	);
	return {
		/** Resolves when this task may begin. */
		turnToBegin: async (index: number) =>
			void (await until(
				"a turn",
				() => index / requests <= shareStruck() + ahead,
				3_600_000,
			)),
		turnToStrike: async (index: number) =>
			void (await until(
				"a turn",
				() => index / kills <= ended / requests + ahead,
				3_600_000,
			)),
		ended: () => {
			ended += 1;
			if (ended % Math.ceil(requests / 20) === 0)
				onProgress(
					`${ended} of ${requests} requests, ${struck} of ${kills} blows`,
				);
		},
		struck: (count: number) => {
			struck = count;
		},
	};
}

/** All tasks, some at a time. */
async function work(
	stack: Stack,
	client: Client,
	tasks: readonly Task[],
	course: ReturnType<typeof openCourse>,
	clients: number,
): Promise<Seen[]> {
	await using open = new AsyncDisposableStack();
	const real = tasks.some((task) => task.real)
		? open.use(
				await openRealClients(stack.url, join(stack.folder, "client.log")),
			)
		: undefined;
	const impatient = Promise.withResolvers<"never">();
	client.signal.addEventListener("abort", () => impatient.resolve("never"));
	const left = tasks.values();
	const seen: Seen[] = [];
	const doAll = async (): Promise<void> => {
		for (const task of left) {
			await course.turnToBegin(task.index);
			const one =
				real && task.real
					? await Promise.race([
							real.perform(task),
							impatient.promise.then(
								(): Seen => ({
									task,
									end: "never",
									message: "polytope-client hangs",
								}),
							),
						])
					: await perform(client, task);
			seen.push(one);
			course.ended();
		}
	};
	await Promise.all(Array.from({ length: clients }, doAll));
	return seen;
}

/** Everything ends when it is told to, and leaves nothing behind. */
async function endsWell(stack: Stack, journal: Journal): Promise<void> {
	await using inspector: Inspector = await openInspector(
		stack.settings.store.url,
	);
	for (const wrong of await stack.stop())
		journal.violation(`at the end ${wrong}`);
	await until(
		"connections are gone",
		async () => (await inspector.connections()).all === 0,
	).catch(() =>
		journal.violation("connections to PostgreSQL outlive our processes"),
	);
	const left = await processesOn(stack.folder);
	if (left.length > 0)
		journal.violation(`processes are left: ${left.join(", ")}`);
}
