import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { RoleProcess } from "../../stack/process.ts";
import type { Journal } from "./journal.ts";

/** What a log line may say, and no process should ever say. */
const NEVER = [
	"attempt.bug",
	"http.bug",
	"lanes.healed",
	"part.died",
	"process.crashed",
];
const BUGS = ["TypeError", "ReferenceError", "RangeError", "SyntaxError"];
const GRAVE = ["warn", "error", "fatal"];

interface LogLine {
	readonly level?: string;
	readonly event?: string;
	readonly msg?: string;
	readonly count?: number;
	readonly err?: { readonly type?: string; readonly message?: string };
}

/** Reads what the processes logged: counts what they complain of, and finds what must never be. */
export async function readLogs(
	processes: readonly RoleProcess[],
	journal: Journal,
): Promise<void> {
	for (const { name, log } of processes)
		for await (const line of createInterface({ input: createReadStream(log) }))
			readLine(name, line, journal);
}

function readLine(name: string, line: string, journal: Journal): void {
	const said = parsed(line);
	if (said === undefined) {
		if (/^Node\.js v\d/.test(line))
			journal.violation(`${name} crashed: see its log`);
		// A stack, or a message that ends a start: what is JSON is from the log.
		if (/^\s+at |Error\b/.test(line))
			journal.count(`log.${name}: ${line.slice(0, 160)}`);
		return;
	}
	const { level = "", event = "", err } = said;
	if (GRAVE.includes(level))
		journal.count(`log.${name.split("-")[0]}: ${event} ${err?.type ?? ""}`);
	if (event === "collector.lanes")
		journal.violation(`${name} healed ${said.count} lanes`);
	if (
		level === "fatal" ||
		NEVER.includes(event) ||
		BUGS.includes(err?.type ?? "")
	)
		journal.violation(`${name} logged: ${line.slice(0, 600)}`);
}

function parsed(line: string): LogLine | undefined {
	if (!line.startsWith("{")) return undefined;
	try {
		return JSON.parse(line);
	} catch {
		// Cut off by a kill.
		return {};
	}
}
