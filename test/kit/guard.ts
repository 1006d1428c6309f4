import { type ChildProcess, spawn } from "node:child_process";
import type { Writable } from "node:stream";

/**
 * Ends what a parent leaves behind. It is told by lines, `+ PID SIGNAL` and `- PID`; they end when the parent ends,
 * however that ends. A shell, since it is there in 2 ms and takes 1 MB. Who was stopped hears a signal only when it goes on.
 */
const SCRIPT = `
trap '' INT TERM HUP
children=
while read -r what pid signal; do
	if [ "$what" = + ]; then
		children="$children $pid:$signal"
		continue
	fi
	rest=
	for child in $children; do
		[ "\${child%%:*}" = "$pid" ] || rest="$rest $child"
	done
	children=$rest
done
for child in $children; do
	kill -s "\${child#*:}" "\${child%%:*}"
	kill -s CONT "\${child%%:*}"
done 2>/dev/null
`;

let guard: Writable | undefined;

/**
 * Sees to it that a child ends when this process has ended, also when that is killed.
 * @param signal which one the child then gets
 */
export function endsWithUs(
	child: ChildProcess,
	signal: "KILL" | "QUIT" = "KILL",
): void {
	const { pid } = child;
	// It could not be started, and says so by an event.
	if (pid === undefined) return;
	guard ??= startGuard();
	guard.write(`+ ${pid} ${signal}\n`);
	child.once("exit", () => void guard?.write(`- ${pid}\n`));
}

function startGuard(): Writable {
	const shell = spawn("/bin/sh", ["-c", SCRIPT, "test-guard"], {
		// A session of its own: Ctrl-C on the terminal is for the parent alone.
		detached: true,
		stdio: ["pipe", "ignore", "ignore"],
		cwd: "/",
	});
	shell.unref();
	shell.on("error", () => undefined);
	shell.stdin.on("error", () => undefined);
	return shell.stdin;
}
