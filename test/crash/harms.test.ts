import {
	appendFile,
	mkdir,
	mkdtempDisposable,
	readFile,
	writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DEFAULT_REPLICAS } from "../../stack/plan.ts";
import { openStack } from "../../stack/stack.ts";
import { perform } from "../chaos/client.ts";
import { configText } from "../chaos/config.ts";
import { openInspector } from "../chaos/database.ts";
import { openOracle } from "../chaos/expected.ts";
import { openHttp } from "../chaos/http.ts";
import { openJournal } from "../chaos/journal.ts";
import { readLogs } from "../chaos/logs.ts";
import { tasksOf } from "../chaos/tasks.ts";
import { type Judged, judge } from "../chaos/verdict.ts";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";
import { until } from "../kit/until.ts";
import { HARMS, type Harmed } from "./harms.ts";

const TASKS = 10;
/** Nothing is under way: what does not come right at once never will. */
const PATIENCE_MS = 1_500;

const open = new AsyncDisposableStack();
let it: Harmed;
beforeAll(async () => {
	const folder = open.use(await mkdtempDisposable(join(tmpdir(), "harms-")));
	const archive = join(folder.path, "archive");
	await mkdir(archive);
	const config = join(folder.path, "harms.json");
	await writeFile(config, configText(archive));
	const stack = open.use(
		await openStack({
			replicas: { ...DEFAULT_REPLICAS, worker: 1, gateway: 1 },
			config: [config],
			folder: folder.path,
		}),
	);
	await stack.start();
	const inspector = open.use(await openInspector(stack.settings.store.url));
	const db = new Client({ connectionString: stack.settings.store.url });
	await db.connect();
	open.defer(() => db.end());
	const journal = openJournal();
	const http = open.use(openHttp(journal));
	const signal = new AbortController().signal;
	const client = { url: stack.url, ask: http.ask, journal, signal };
	const tasks = tasksOf(1, 10 * TASKS, 0).filter(
		({ collection, data, revokeAfterMs }) =>
			data === undefined &&
			revokeAfterMs === undefined &&
			["echo", "dummy", "sample"].includes(collection),
	);
	const seen = await Promise.all(
		tasks.slice(0, TASKS).map((task) => perform(client, task)),
	);
	// Whoever heals would heal before it is seen, and who counts would count what is undone.
	for (const role of ["collector", "telemetry"] as const)
		for (const one of stack.of(role)) await one.stop();
	const oracle = await openOracle(join(stack.folder, "data/sample"));
	const [one, other] = (await inspector.rows()).filter(
		({ collection }) => collection === "echo",
	);
	if (one === undefined || other === undefined) throw new Error("no echoes");
	const judged: Judged = {
		...{ stack, client, inspector, oracle, journal, seen },
		patienceMs: PATIENCE_MS,
	};
	const sql = (text: string, values?: unknown[]) => db.query(text, values);
	it = { stack, inspector, sql, rows: [one, other], judged };
}, INSTALL_TIMEOUT);
afterAll(() => open.disposeAsync());

async function violations(judged: Judged): Promise<readonly string[]> {
	const journal = openJournal();
	const running = judged.stack.processes.filter((one) => one.pid());
	const stack = { ...judged.stack, processes: running };
	const client = { ...judged.client, journal };
	await judge({ ...judged, journal, client, stack });
	return journal.violations;
}

test("what is as it must be is no violation", async () => {
	expect(await violations(it.judged)).toEqual([]);
});

test.each(HARMS)("%s: the storm's verdict names it", async (_, named, harm) => {
	const { undo, judged = it.judged } = await harm(it);
	try {
		expect((await violations(judged)).join("\n")).toMatch(named);
	} finally {
		await undo();
	}
	await until(
		"all is well again",
		async () => (await violations(it.judged)).length === 0,
		20_000,
	);
});

test.each([
	[
		"a bug",
		'{"level":"error","event":"attempt.bug"}',
		/logged: .*attempt\.bug/,
	],
	[
		"an error of the program",
		'{"level":"error","err":{"type":"TypeError"}}',
		/logged/,
	],
	["the end of a part", '{"level":"fatal","event":"any"}', /logged/],
	["a crash", "Node.js v26.1.0", /crashed/],
	[
		"healed lanes",
		'{"level":"info","event":"collector.lanes","count":2}',
		/healed 2/,
	],
])("%s in a log is named", async (_, line, named) => {
	const [one] = it.stack.processes;
	if (one === undefined) throw new Error("no process");
	const log = join(it.stack.folder, "one.log");
	await writeFile(log, await readFile(one.log));
	const read = async () => {
		const journal = openJournal();
		await readLogs([{ ...one, log }], journal);
		return journal.violations;
	};
	expect(await read()).toEqual([]);
	await appendFile(log, `${line}\n`);
	expect((await read()).join("\n")).toMatch(named);
});
