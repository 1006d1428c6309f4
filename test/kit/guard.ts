import { type ChildProcess, spawn } from "node:child_process";

/**
 * Holds a list of processes and folders, which it is told of line by line; when standard input ends, which is when
 * those who started it have ended, however they did, it ends the processes and removes the folders. A shell, since it
 * is there in 2 ms and takes 1 MB.
 *
 * An entry of the list is a signal with a process id, or the absolute path of a folder.
 */
const SCRIPT = `
trap '' INT TERM HUP
set --
while read -r sign entry; do
	case $sign in
	+) set -- "$@" "$entry" ;;
	-)
		count=$#
		while [ $count -gt 0 ]; do
			[ "$1" = "$entry" ] || set -- "$@" "$1"
			shift
			count=$((count - 1))
		done
		;;
	esac
done
processes() {
	for entry; do
		case $entry in
		/*) ;;
		*) echo "$entry" ;;
		esac
	done
}
processes "$@" | while read -r signal process; do
	kill -CONT $process
	kill -$signal $process
done
tries=0
while [ $tries -lt 50 ] && processes "$@" | (
	while read -r signal process; do kill -0 $process && exit 0; done
	exit 1
); do
	sleep 0.1
	tries=$((tries + 1))
done
processes "$@" | while read -r signal process; do kill -KILL $process; done
for entry; do
	case $entry in
	/*)
		tries=0
		while [ -e "$entry" ] && [ $tries -lt 50 ]; do
			rm -rf -- "$entry" || sleep 0.1
			tries=$((tries + 1))
		done
		;;
	esac
done
`;

let guard: ChildProcess | undefined;

/** Ends a process when this one ends, however that comes, unless it has ended by itself. */
export function endsWithUs(
	child: ChildProcess,
	signal: "KILL" | "QUIT" = "KILL",
): void {
	if (child.pid === undefined) return;
	const entry = `${signal} ${child.pid}`;
	tell(`+ ${entry}`);
	child.once("exit", () => tell(`- ${entry}`));
}

/** Removes a folder when this process ends, however that comes, unless it is told that this has been done. */
export function removeWithUs(folder: string): { done(): void } {
	tell(`+ ${folder}`);
	return { done: () => tell(`- ${folder}`) };
}

function tell(line: string): void {
	guard ??= start();
	guard.stdin?.write(`${line}\n`);
}

function start(): ChildProcess {
	const started = spawn("/bin/sh", ["-c", SCRIPT, "polytope-test-guard"], {
		// A session of its own: what a terminal or a test runner sends to all is not for it.
		detached: true,
		stdio: ["pipe", "ignore", "ignore"],
		cwd: "/",
	});
	started.unref();
	started.stdin?.on("error", () => undefined);
	return started;
}
