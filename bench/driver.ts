import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { type Job, toJob } from "./job.ts";
import { lifecycle } from "./lifecycle.ts";
import { Connection } from "./wire.ts";

/** The load, in a process of its own so that it does not slow what it measures. Its argument is a job, its output JSON. */
const USER = "demo:demo";

async function perform(job: Job): Promise<unknown> {
	switch (job.kind) {
		case "latency":
			return latency(job.url, job.count);
		case "lifecycles":
			return perSecond(job, (connection) =>
				lifecycle(connection).then(() => {}),
			);
		case "polls": {
			const ids = readFileSync(job.ids, "utf8").trim().split("\n");
			let next = 0;
			return perSecond(job, async (connection) => {
				next = (next + 7919) % ids.length;
				const { status } = await connection.ask(
					"GET",
					`/api/v1/requests/${ids[next]}`,
				);
				if (status !== 202) throw new Error(`a poll was answered ${status}`);
			});
		}
		case "polls-meanwhile":
			return pollsMeanwhile(job);
		case "download":
			return download(job.url);
		case "request":
			return lifecycle(
				await Connection.open(job.url, USER),
				job.collection,
				job.body,
			);
	}
}

/** Milliseconds of each of `count` lifecycles, one after the other with a pause between: the server is idle. */
async function latency(url: string, count: number): Promise<number[]> {
	const connection = await Connection.open(url, USER);
	const taken: number[] = [];
	for (let n = 0; n < count; n++) {
		await pause(10);
		const from = performance.now();
		await lifecycle(connection);
		taken.push(performance.now() - from);
	}
	return taken.slice(Math.floor(count / 5));
}

/** Milliseconds of each poll. */
async function pollsMeanwhile({
	url,
	collection,
	body,
	busy,
	seconds,
}: Extract<Job, { kind: "polls-meanwhile" }>): Promise<number[]> {
	const poller = await Connection.open(url, USER);
	const submitted = await poller.ask(
		"POST",
		`/api/v1/requests/${collection}`,
		body,
	);
	const { pathname } = new URL(submitted.location);
	while ((await poller.ask("GET", `${pathname}?wait=30`)).status === 202);
	const until = performance.now() + seconds * 1000;
	const working = Array.from({ length: busy }, async () => {
		const connection = await Connection.open(url, USER);
		while (performance.now() < until)
			await lifecycle(connection, collection, body);
	});
	const taken: number[] = [];
	while (performance.now() < until) {
		await pause(5);
		const from = performance.now();
		const { status } = await poller.ask("GET", pathname);
		if (status !== 303) throw new Error(`a poll was answered ${status}`);
		taken.push(performance.now() - from);
	}
	await Promise.all(working);
	return taken;
}

/** How often a second `once` ends, when so many clients each do it again and again. */
async function perSecond(
	job: {
		readonly url: string;
		readonly clients: number;
		readonly seconds: number;
		readonly warmUp: number;
	},
	once: (connection: Connection) => Promise<void>,
): Promise<number> {
	const connections = await Promise.all(
		Array.from({ length: job.clients }, () => Connection.open(job.url, USER)),
	);
	const from = performance.now() + job.warmUp * 1000;
	const until = from + job.seconds * 1000;
	let count = 0;
	await Promise.all(
		connections.map(async (connection) => {
			while (performance.now() < until) {
				await once(connection);
				const now = performance.now();
				if (now >= from && now < until) count += 1;
			}
		}),
	);
	return count / job.seconds;
}

/** Bytes a second. */
async function download(url: string): Promise<number> {
	const connection = await Connection.open(url);
	const { pathname } = new URL(url);
	const from = performance.now();
	const { status, length } = await connection.ask("GET", pathname);
	if (status !== 200) throw new Error(`a download was answered ${status}`);
	return length / ((performance.now() - from) / 1000);
}

console.log(JSON.stringify(await perform(toJob(process.argv[2] ?? ""))));
process.exit(0);
