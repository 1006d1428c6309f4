import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Guise } from "./guise.ts";

/**
 * Runs a server and ends it when standard input ends: that is when its parent closes it or dies, however it dies.
 * A shell, since it is there in 2 ms and takes 1 MB. SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one.
 * It ignores the signals that a terminal or a service manager sends to all: when to stop is the parent's decision.
 */
const SCRIPT = `
trap '' INT TERM HUP
socket=$1
data=$2
shift 2
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
after() {
	tries=0
	while [ $tries -lt "$1" ]; do
		kill -0 $server || exit 0
		sleep 0.1
		tries=$((tries + 1))
	done
}
(
	read -r end <&3
	kill -INT $server
	after 200
	kill -QUIT $server
	after 50
	kill -KILL $server
) 2>/dev/null &
guard=$!
wait $server
code=$?
kill -KILL $guard
rm -rf -- "$socket" "$data"
exit $code
`;

/** A server that lives no longer than this process. */
export interface Watched {
	/** Settles when the server has ended, with its exit code (128 and more: a signal). */
	readonly ended: Promise<number>;
	/** Ends it in an orderly way, within 26 s; returns when it is gone. */
	stop(): Promise<void>;
}

export interface WatchOptions {
	readonly argv: readonly string[];
	readonly guise: Guise;
	/** File descriptor that takes what the server writes. */
	readonly output: number;
	/** Temporary folders to remove when the server has ended; empty texts for none. */
	readonly scratch: readonly [socket: string, data: string];
}

/** Starts a server under the watchdog. It does not keep this process alive. */
export function watch(options: WatchOptions): Watched {
	const { argv, guise, output, scratch } = options;
	const child = spawn(
		"/bin/sh",
		["-c", SCRIPT, "polytope-postgres", ...scratch, ...guise.prefix, ...argv],
		{
			// A session of its own: Ctrl-C on the terminal is for the parent alone.
			detached: true,
			stdio: ["pipe", output, output],
			cwd: "/",
			...(guise.uid === undefined ? {} : { uid: guise.uid }),
			...(guise.gid === undefined ? {} : { gid: guise.gid }),
		},
	);
	const ended = ending(child);
	child.unref();
	child.stdin?.on("error", () => undefined);
	return {
		ended,
		stop: async () => {
			child.ref();
			child.stdin?.end();
			await ended;
		},
	};
}

/** What a shell says of a program that could not be started. */
const NOT_STARTED = 127;

async function ending(child: ChildProcess): Promise<number> {
	const [code] = await once(child, "exit").catch(() => [NOT_STARTED]);
	// The shell itself may have been killed: then its other half ends the server when the pipe closes.
	child.stdin?.destroy();
	return typeof code === "number" ? code : 128;
}
