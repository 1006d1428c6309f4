import { type Logger, pino } from "pino";

export type Log = Logger;

/** The process's log: JSON lines on stderr, so that stdout stays for what a person asked for. */
export const openLog = (level: string): Log =>
	pino({ level, base: null }, pino.destination({ fd: 2, sync: true }));
