import { ROLE_NAMES } from "../services/roles.ts";
import { parseReplicas } from "../stack/plan.ts";
import { openStack, type Stack } from "../stack/stack.ts";
import { testDatabase } from "../test/kit/postgres.ts";
import { bareLifecyclesOn } from "./bare.ts";
import { type Costs, measuredOn } from "./decision.ts";
import { driveNumber, driveNumbers, driveText } from "./drive.ts";
import { type Benchmark, type Measure, quantile } from "./measure.ts";
import { resident } from "./memory.ts";
import { bareRate } from "./queue.ts";
import { stagingOn } from "./staging.ts";

/** How much is done; a smoke run does little of each. */
export interface StackSizes {
	/** Lifecycles one after the other. */
	readonly singles: number;
	readonly clients: number;
	readonly seconds: number;
	readonly warmUp: number;
	/** Of the one large result, MiB. */
	readonly large: number;
	/** Requests that wait while some are admitted. The first is what the others are held to. */
	readonly waiting: readonly number[];
}

const FULL: StackSizes = {
	singles: 300,
	clients: 64,
	seconds: 10,
	warmUp: 5,
	large: 1024,
	waiting: [1_000, 100_000, 1_000_000],
};

/**
 * Every role as a process of its own, one of each, on servers that force to disk what they promise, all on this machine:
 * what a deployment costs and gives, beside what its engines give by themselves.
 */
export const stack: Benchmark = {
	name: "stack",
	run: () => measureStack(FULL),
};

async function measureStack(sizes: StackSizes): Promise<Measure[]> {
	await using it = await openStack({
		replicas: parseReplicas("worker=1,gateway=1"),
		durable: true,
	});
	await it.start();
	const atRest = await memoryOf(it, "at rest");
	const lifecycles = [
		...(await latency(it, sizes)),
		...(await rate(it, sizes)),
	];
	const loaded = await memoryOf(it, "after load");
	const large = await oneLarge(it, sizes);
	const after = await memoryOf(it, "after one large result");
	await it.stop();
	return [
		...lifecycles,
		...large,
		...(await engines(it, sizes)),
		...atRest,
		...loaded,
		...after,
	];
}

async function latency(
	{ url }: Stack,
	{ singles }: StackSizes,
): Promise<Measure[]> {
	const taken = await driveNumbers({ kind: "latency", url, count: singles });
	return [
		{
			name: "stack: submit to ready, p50",
			value: quantile(taken, 0.5),
			unit: "ms",
			goals: [{ at: "most", bound: 25, of: "value" }],
		},
		{
			name: "stack: submit to ready, p99",
			value: quantile(taken, 0.99),
			unit: "ms",
		},
	];
}

/** Beside those that send the same statements, and the same messages, and nothing else. */
async function rate(it: Stack, sizes: StackSizes): Promise<Measure[]> {
	const { clients, seconds, warmUp } = sizes;
	const load = { clients, seconds, warmUp };
	const kind = "lifecycles";
	const value = await driveNumber({ kind, url: it.url, ...load });
	await using database = await emptyDatabase(it);
	const statements = await bareLifecyclesOn(database.connection, load);
	const name = `stack: lifecycles, ${clients} clients`;
	return [
		{
			name: `${name}, beside bare statements`,
			value,
			unit: "1/s",
			baseline: statements,
			goals: [
				{ at: "least", bound: 300, of: "value" },
				{ at: "least", bound: 0.2, of: "ratio" },
			],
		},
		{
			name: `${name}, beside bare JetStream`,
			value,
			unit: "1/s",
			baseline: await bareRate({ url: it.settings.queue.url }),
		},
	];
}

/** From submission until it can be fetched. */
async function oneLarge(
	{ url }: Stack,
	{ large }: StackSizes,
): Promise<Measure[]> {
	const from = performance.now();
	await driveText({
		kind: "request",
		url,
		collection: "dummy",
		body: JSON.stringify({
			verb: "retrieve",
			request: { size: `${large}MiB` },
		}),
	});
	const seconds = (performance.now() - from) / 1000;
	return [
		{
			name: `stack: ${large} MiB, submit to ready`,
			value: large / seconds,
			unit: "MiB/s",
			goals: [{ at: "least", bound: 500, of: "value" }],
		},
	];
}

/** What PostgreSQL and S3 are asked for by themselves, our processes being ended. */
async function engines(it: Stack, sizes: StackSizes): Promise<Measure[]> {
	const { servers } = it;
	const costs: (readonly [number, Costs])[] = [];
	for (const waiting of sizes.waiting) {
		await using database = await emptyDatabase(it);
		costs.push([waiting, await measuredOn(database.connection, waiting)]);
	}
	const [, few] = costs[0] ?? [];
	return [
		...costs.flatMap(([waiting, { admitted, rate }]): Measure[] => [
			{
				name: `stack: decision and admission, ${waiting} waiting`,
				value: admitted,
				unit: "ms",
				...(few && {
					baseline: few.admitted,
					goals: [{ at: "most", bound: 2, of: "ratio" }],
				}),
			},
			{
				name: `stack: admissions, ${waiting} waiting`,
				value: rate,
				unit: "1/s",
				goals: [{ at: "least", bound: 1000, of: "value" }],
			},
		]),
		...(servers === undefined ? [] : await stagingOn(servers.s3)),
	];
}

/** A database of its own beside the stack's, in the same PostgreSQL. */
function emptyDatabase({ settings }: Stack) {
	const { hostname, port, username } = new URL(settings.store.url);
	return testDatabase({
		host: hostname,
		port: Number(port),
		user: username,
		database: "postgres",
		ssl: false,
	});
}

/** Resident memory, of a role with several processes the largest. */
async function memoryOf(it: Stack, when: string): Promise<Measure[]> {
	return Promise.all(
		ROLE_NAMES.map(async (role) => ({
			name: `stack: memory of ${role}, ${when}`,
			value: Math.max(
				...(await Promise.all(
					it.of(role).map(({ pid }) => resident(pid() ?? 0)),
				)),
			),
			unit: "MiB",
		})),
	);
}
