import { appendFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cutOffBy } from "../../stack/interrupt.ts";
import { DEFAULT_REPLICAS, type Replicas } from "../../stack/plan.ts";
import { openStack, type Stack } from "../../stack/stack.ts";
import { processesOn } from "../kit/processes.ts";
import { until } from "../kit/until.ts";
import { type Client, perform, type Seen } from "./client.ts";
import { configText } from "./config.ts";
import { type Inspector, openInspector } from "./database.ts";
import { type Oracle, openOracle } from "./expected.ts";
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
	/** Ends the run, and all that it started. */
	readonly signal?: AbortSignal;
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

/** What all parts of a run are told. */
interface Run {
	readonly options: ChaosOptions;
	readonly journal: Journal;
	/** Ends with whoever wants the run to end. */
	readonly signal: AbortSignal;
}

/**
 * Runs a storm over a stack under load, and judges what is left.
 *
 * @throws the signal's reason, when everything has ended
 */
export async function runChaos(options: ChaosOptions): Promise<Summary> {
	const from = performance.now();
	const { signal = new AbortController().signal } = options;
	const journal = openJournal(
		(text) => options.onProgress?.(`violation: ${text}`),
		signal,
	);
	const folder = await mkdtemp(join(tmpdir(), "polytope-chaos-"));
	const kept = await runIn(folder, { options, journal, signal }).catch(
		async (reason) => {
			if (signal.aborted && journal.violations.length === 0)
				await rm(folder, { recursive: true, force: true, maxRetries: 10 });
			throw reason;
		},
	);
	const seconds = (performance.now() - from) / 1000;
	const summary = summaryOf(options, journal, { ...kept, seconds });
	if (journal.violations.length === 0)
		await rm(folder, { recursive: true, force: true, maxRetries: 10 });
	return journal.violations.length === 0 ? summary : { ...summary, folder };
}

async function runIn(
	folder: string,
	run: Run,
): Promise<{ stormSeconds: number }> {
	const { options, journal, signal } = run;
	const ended = cutOffBy(signal);
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
	await using _ = { [Symbol.asyncDispose]: () => cutDown(stack, signal) };
	await Promise.race([stack.start(), ended]);
	options.onProgress?.(
		`the stack serves at ${stack.url}; logs in ${folder}/logs`,
	);
	const { stormSeconds, seen, oracle } = await strikeUnderLoad(stack, run);
	const judging = judgeWhatIsLeft(stack, run, { seen, oracle });
	await Promise.race([judging, ended]);
	await Promise.race([endsWell(stack, journal), ended]);
	await readLogs(stack.processes, journal);
	return { stormSeconds };
}

/** Who is to end at once gets no time for it: what the storm has struck would need long. */
async function cutDown(stack: Stack, signal: AbortSignal): Promise<void> {
	if (!signal.aborted) return;
	await Promise.all(stack.processes.map((one) => one.kill()));
}

interface Left {
	readonly seen: readonly Seen[];
	readonly oracle: Oracle;
}

/** Returns, or throws, when nothing of storm and clients is under way any more. */
async function strikeUnderLoad(
	stack: Stack,
	{ options, journal, signal }: Run,
): Promise<Left & { readonly stormSeconds: number }> {
	const { seed, requests, kills } = options;
	const oracle = await openOracle(join(stack.folder, "data/sample"));
	const tasks = tasksOf(seed, requests, options.real ?? 0.05);
	for (const { request, data } of tasks)
		if (data !== undefined && typeof request !== "string")
			oracle.archived(request, data);
	using http = openHttp(journal);
	const patience = new AbortController();
	const broken = new AbortController();
	const over = AbortSignal.any([signal, broken.signal]);
	over.addEventListener("abort", () => http[Symbol.dispose]());
	const client: Client = {
		url: stack.url,
		ask: http.ask,
		journal,
		signal: AbortSignal.any([patience.signal, over]),
	};
	const from = performance.now();
	const events = join(stack.folder, "events.log");
	const course = openCourse(options, over);
	const striking = storm(faultsOf(openRandom(seed + 1), kills), {
		stack,
		journal,
		signal: over,
		turn: course.turnToStrike,
		onStruck: course.struck,
		onEvent: (text) =>
			void appendFile(events, `${new Date().toISOString()} ${text}\n`),
	}).then(() => {
		course.struck(kills);
		setTimeout(() => patience.abort(), PATIENCE_MS).unref();
	});
	const clients = work(stack, client, tasks, course, options.clients ?? 32);
	// Either waits for the other: when one fails, both are over.
	const fail = (why: unknown): void => broken.abort(why);
	striking.catch(fail);
	clients.catch(fail);
	await Promise.allSettled([striking, clients]);
	const [seen] = await Promise.all([clients, striking]);
	return { stormSeconds: (performance.now() - from) / 1000, seen, oracle };
}

async function judgeWhatIsLeft(
	stack: Stack,
	{ options, journal, signal }: Run,
	{ seen, oracle }: Left,
): Promise<void> {
	options.onProgress?.(
		"all clients have their answers; looking at what is left",
	);
	using http = openHttp(journal);
	await using inspector = await openInspector(stack.settings.store.url);
	await judge({
		stack,
		client: {
			url: stack.url,
			ask: http.ask,
			journal,
			signal: AbortSignal.any([signal, AbortSignal.timeout(JUDGING_MS)]),
		},
		inspector,
		oracle,
		journal,
		seen,
	});
}

/** Requests and blows wait for each other, so that both are spread over the whole run. */
function openCourse(
	{ requests, kills, onProgress = () => {} }: ChaosOptions,
	signal: AbortSignal,
) {
	let ended = 0;
	let struck = 0;
	const shareStruck = (): number => (kills === 0 ? 1 : struck / kills);
	const turn = async (come: () => boolean): Promise<void> =>
		void (await until(
			"a turn",
			() => {
				signal.throwIfAborted();
				return come();
			},
			3_600_000,
		));
	const ahead = Math.max(
		AHEAD,
		3 / Math.max(kills, 1),
		40 / Math.max(requests, 1),
	);
	return {
		/** Resolves when this task may begin. */
		turnToBegin: (index: number) =>
			turn(() => index / requests <= shareStruck() + ahead),
		turnToStrike: (index: number) =>
			turn(() => index / kills <= ended / requests + ahead),
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
