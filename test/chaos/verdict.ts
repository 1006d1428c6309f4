import { connect } from "nats";
import type { Stack } from "../../stack/stack.ts";
import { until } from "../kit/until.ts";
import { look } from "./bucket.ts";
import { type Client, insist, perform, type Seen } from "./client.ts";
import { TIMES } from "./config.ts";
import type { Inspector, Row } from "./database.ts";
import type { Oracle } from "./expected.ts";
import { saidIn } from "./http.ts";
import type { Journal } from "./journal.ts";
import { heldBy } from "./leaks.ts";
import { checkRows, checkSeen } from "./rows.ts";
import { keyOf, type Task } from "./tasks.ts";
import { countedOtherwise } from "./telemetry.ts";

export interface Judged {
	readonly stack: Stack;
	readonly client: Client;
	readonly inspector: Inspector;
	readonly oracle: Oracle;
	readonly journal: Journal;
	/** What the clients saw. */
	readonly seen: readonly Seen[];
	/** Milliseconds for each thing to come right; without it, as long as it may take after a storm. */
	readonly patienceMs?: number;
}

const BUCKET = "polytope";
/** Milliseconds until what is under way has ended: an upload that nobody knows of waits longest. */
const FINAL_MS = TIMES.upload + 40_000;
const SWEPT_MS = TIMES.dangling + 4 * TIMES.collect + 20_000;
const COUNTED_MS = 60_000;
const REST_MS = 20_000;
const MOST_DESCRIPTORS = 200;
const AT_ONCE = 8;

/** Looks at everything from outside, once the storm is over, and notes what is not as it must be. */
export async function judge(it: Judged): Promise<void> {
	await archivedCanBeRetrieved(it);
	await allFinal(it);
	await noDispatchLeft(it);
	await objectsAndRowsAgree(it);
	const rows = await it.inspector.rows();
	checkRows(rows, it);
	checkSeen(rows, it);
	await downloadAgain(rows, it);
	for (const lane of await it.inspector.untrueLanes())
		it.journal.violation(`a lane is not true: ${lane}`);
	await telemetryAgrees(it);
	await noLeaks(it);
}

/** Usage is counted from the requests themselves, so that no blow makes it wrong for long. */
async function telemetryAgrees({
	stack,
	inspector,
	journal,
	patienceMs,
}: Judged): Promise<void> {
	const telemetry = stack.processes.find(({ role }) => role === "telemetry");
	if (telemetry === undefined) return;
	const door = `http://127.0.0.1:${telemetry.httpPort}`;
	const wrong = async (): Promise<string[]> =>
		countedOtherwise(door, await inspector.rows());
	await until(
		"telemetry has counted all",
		async () => (await wrong()).length === 0,
		patienceMs ?? COUNTED_MS,
	).catch(async () => {
		for (const reason of await wrong()) journal.violation(reason);
	});
}

/** Whatever was archived comes back, from whichever worker. */
async function archivedCanBeRetrieved({
	client,
	seen,
	journal,
	oracle,
}: Judged): Promise<void> {
	const archived = seen.filter(
		({ task, end }) => task.data !== undefined && end === "processed",
	);
	await inTurns(archived, async ({ task, id }) => {
		const { data: _, revokeAfterMs: __, ...asked } = task;
		const again: Task = { ...asked, index: -1 - task.index };
		const { sha256, message } = await perform(client, again);
		const posted = JSON.stringify(task.request);
		if (sha256 !== oracle.contentOf(task.collection, posted))
			journal.violation(
				`${id} was archived, but retrieved it is other data: ${message ?? sha256}`,
			);
	});
}

async function allFinal({
	inspector,
	journal,
	patienceMs,
}: Judged): Promise<void> {
	try {
		await until(
			"all requests end",
			async () => (await inspector.unfinished()) === 0,
			patienceMs ?? FINAL_MS,
		);
	} catch {
		const rows = await inspector.rows();
		for (const row of rows.filter(({ status }) => !isFinal(status)))
			journal.violation(
				`${row.id} (${row.collection}) hangs: ${JSON.stringify(row.history)}`,
			);
	}
}

const isFinal = (status: string): boolean =>
	["processed", "failed", "cancelled"].includes(status);

async function noDispatchLeft({
	stack,
	journal,
	patienceMs,
}: Judged): Promise<void> {
	const nc = await connect({
		servers: stack.settings.queue.url.replace("nats://", ""),
	});
	try {
		const jsm = await nc.jetstreamManager();
		const left = async (): Promise<number> => {
			let count = 0;
			for await (const { state } of jsm.streams.list()) count += state.messages;
			return count;
		};
		await until(
			"no dispatch is left",
			async () => (await left()) === 0,
			patienceMs ?? 3 * TIMES.ackWait + REST_MS,
		).catch(async () =>
			journal.violation(`${await left()} dispatches are left in the stream`),
		);
	} finally {
		await nc.close();
	}
}

/** Each result has its row and each row its result, once the collector has been through. */
async function objectsAndRowsAgree({
	stack,
	inspector,
	journal,
	patienceMs,
}: Judged): Promise<void> {
	const { servers } = stack;
	if (servers === undefined) return;
	const wrong = async (): Promise<string[]> => {
		const { results, facts, uploads } = await look(servers.s3, BUCKET);
		const wanted = new Map(
			(await inspector.rows()).flatMap(({ id, status, verb, staging_key }) =>
				status === "processed" && verb === "retrieve"
					? [[staging_key ?? "", id] as const]
					: [],
			),
		);
		return [
			...[...wanted]
				.filter(([key]) => !results.has(key))
				.map(
					([key, id]) =>
						`${id} is processed, but its object ${key} is not there`,
				),
			...[...results]
				.filter((key) => !wanted.has(key))
				.map((key) => `object ${key} has no row`),
			...[...facts]
				.filter((key) => !results.has(key))
				.map((key) => `the facts of ${key} have no object`),
			...[...uploads].map((name) => `upload of ${name} was left`),
		];
	};
	await until(
		"objects and rows agree",
		async () => (await wrong()).length === 0,
		patienceMs ?? SWEPT_MS,
	).catch(async () => {
		for (const text of await wrong()) journal.violation(text);
	});
}

/** All results once more: the same bytes at the same place. */
async function downloadAgain(
	rows: readonly Row[],
	{ seen, client, oracle, journal }: Judged,
): Promise<void> {
	const before = new Map(seen.map((one) => [one.id, one]));
	const ready = rows.filter(
		({ status, verb, hidden }) =>
			status === "processed" && verb === "retrieve" && !hidden,
	);
	await inTurns(ready, async ({ id, username, collection, posted }) => {
		const polled = await insist(client, `${client.url}/api/v1/requests/${id}`, {
			headers: { authorization: `Bearer ${keyOf(username)}` },
		});
		if (polled.code !== 303)
			return journal.violation(
				`${id} is processed, and its poll says ${polled.code} ${saidIn(polled).message}`,
			);
		const { code, sha256 } = await insist(client, polled.location, {});
		if (code !== 200 || sha256 !== oracle.contentOf(collection, posted))
			journal.violation(
				`${id} (${collection}): fetched later, ${code}, it is other content`,
			);
		const first = before.get(id)?.location;
		if (first !== undefined && first !== polled.location)
			journal.violation(
				`${id} lies elsewhere now: ${first}, ${polled.location}`,
			);
	});
}

async function inTurns<T>(
	all: readonly T[],
	act: (one: T) => Promise<unknown>,
): Promise<void> {
	const left = all.values();
	await Promise.all(
		Array.from({ length: AT_ONCE }, async () => {
			for (const one of left) await act(one);
		}),
	);
}

/** At rest nobody holds what nobody needs. */
async function noLeaks({
	stack,
	inspector,
	journal,
	patienceMs = REST_MS,
}: Judged): Promise<void> {
	const allowed = stack.of("store").length * 12;
	await until(
		"connections are at rest",
		async () => {
			const { all, busy } = await inspector.connections();
			return all <= allowed && busy === 0;
		},
		patienceMs,
	).catch(async () => {
		const { all, busy } = await inspector.connections();
		journal.violation(
			`${all} connections to PostgreSQL, of which ${busy} hold a transaction; ${allowed} are allowed`,
		);
	});
	for (const { name, pid } of stack.processes) {
		const held = () => heldBy(pid() ?? 0);
		await until(
			"nothing stale",
			async () => (await held()).stale.length === 0,
			patienceMs,
		).catch(() => undefined);
		const { count, stale } = await held();
		if (count > MOST_DESCRIPTORS)
			journal.violation(`${name} holds ${count} descriptors`);
		for (const one of stale) journal.violation(`${name} still holds a ${one}`);
	}
}
