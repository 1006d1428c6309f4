import { type DestinationStream, type Logger, pino } from "pino";
import type { Facts } from "./log/facts.ts";
import type { Level, Levels } from "./log/levels.ts";
import { openScrub, type Scrub } from "./log/scrub.ts";
import { tracing, tracingOf } from "./log/tracing.ts";

type Say = (facts: Facts, message: string) => void;

/** Says what happened, a line each: facts for programs, and words. Secrets are taken out of both. */
export interface Log {
	/** For whoever looks closely. */
	readonly debug: Say;
	/** What an operator may want to know later. */
	readonly info: Say;
	/** Something is away or odd; it mends itself, or is nobody's fault here. */
	readonly warn: Say;
	/** A bug, or something that somebody must mend. */
	readonly error: Say;
	/** The process ends of it. */
	readonly fatal: Say;
	/** Whether a line of this level is written: what is costly to tell is asked for first. */
	enabled(level: Level): boolean;
}

/** The log of a process. Each of its roles speaks in its own name and has a level of its own. */
export interface ProcessLog extends Log {
	/** The log of a role. */
	of(role: string): Log;
	readonly levels: Levels;
	/** What is told to a tracker of bugs from now on. */
	reportTo(report: Report): void;
}

/** Told of each line that is an error or worse, already scrubbed. */
export type Report = (line: ReportedLine) => void;

export interface ReportedLine {
	readonly level: "error" | "fatal";
	readonly role: string;
	readonly facts: Facts;
	readonly message: string;
	/** What the line says beside its message. */
	readonly record: Readonly<Record<string, unknown>>;
}

export interface LogOptions {
	/** Levels of roles that have another one than the rest. */
	readonly levels?: Readonly<Record<string, string>> | undefined;
	/** Where the lines go; without it, standard output. */
	readonly out?: DestinationStream | undefined;
	/** Texts that must not appear, such as the configured passwords. */
	readonly secrets?: readonly string[];
}

/** The name of what the roles of a process hold in common. */
const COMMON = "process";

/**
 * Bytes that wait for whoever reads standard output; beyond, lines are dropped. A reader that hangs must not stop what
 * writes, which a blocking write would do; so lines leave as the reader takes them, many together when they are many.
 */
const UNREAD = 4 * 2 ** 20;

const SAID = ["debug", "info", "warn", "error", "fatal"] as const;

/**
 * Opens the log of a process: JSON lines on standard output.
 *
 * @param level the least that is said: debug, info, warn, error, fatal or silent
 */
export function openLog(level: string, options: LogOptions = {}): ProcessLog {
	const root = pino(
		{
			level,
			base: null,
			timestamp: pino.stdTimeFunctions.isoTime,
			formatters: { level: (label) => ({ level: label }) },
			// It is a record already.
			serializers: { err: (record: unknown) => record },
		},
		options.out ?? pino.destination({ fd: 1, sync: false, maxLength: UNREAD }),
	);
	const scrub = openScrub(options.secrets);
	const reports: Report[] = [];
	const loggers = new Map<string, Logger>();
	const configured = (role: string): string => options.levels?.[role] ?? level;
	const of = (role: string): Log => {
		const logger =
			loggers.get(role) ?? root.child({ role }, { level: configured(role) });
		loggers.set(role, logger);
		return logOf(role, logger, scrub, reports);
	};
	const levels: Levels = {
		all: () =>
			Object.fromEntries(
				[...loggers].map(([role, { level }]) => [role, level]),
			),
		set(role, level) {
			const meant = role === undefined ? [...loggers.keys()] : [role];
			for (const name of meant) {
				const logger = loggers.get(name);
				if (logger === undefined) return false;
				logger.level = level ?? configured(name);
			}
			return true;
		},
	};
	return {
		...of(COMMON),
		of,
		levels,
		reportTo: (report) => void reports.push(report),
	};
}

function logOf(
	role: string,
	logger: Logger,
	scrub: Scrub,
	reports: readonly Report[],
): Log {
	const say = (level: (typeof SAID)[number]): Say => {
		const grave = level === "error" || level === "fatal" ? level : undefined;
		return (facts, message) => {
			const reported = grave !== undefined && reports.length > 0;
			if (!reported && !logger.isLevelEnabled(level)) return;
			const record = recordOf(facts, scrub);
			const words = scrub.text(message);
			logger[level](record, words);
			if (grave === undefined) return;
			for (const report of reports)
				report({ level: grave, role, facts, message: words, record });
		};
	};
	return {
		debug: say("debug"),
		info: say("info"),
		warn: say("warn"),
		error: say("error"),
		fatal: say("fatal"),
		enabled: (level) => logger.isLevelEnabled(level),
	};
}

function recordOf(
	{ event, requestId, traceparent, ...facts }: Facts,
	scrub: Scrub,
): Record<string, unknown> {
	const record: Record<string, unknown> = {
		event,
		...(traceparent ? tracingOf(traceparent) : tracing()),
	};
	if (requestId !== undefined) record.request_id = scrub.text(requestId);
	for (const [name, fact] of Object.entries(facts))
		if (fact !== undefined) record[name] = scrub.value(fact);
	return record;
}
