import { PORT } from "./socket.ts";

/**
 * How the embedded PostgreSQL is set up: one machine, one client process, so small and without replication.
 * On the command line, since what stands in the code is then true of old data folders as well.
 */
const SETTINGS = {
	listen_addresses: "",
	port: PORT,
	unix_socket_permissions: "0700",
	shared_buffers: "64MB",
	max_connections: 60,
	// Three processes fewer than with workers; our reads are of single rows.
	io_method: "sync",
	wal_level: "minimal",
	max_wal_senders: 0,
	min_wal_size: "64MB",
	max_wal_size: "512MB",
	synchronous_commit: "on",
	jit: "off",
	timezone: "UTC",
	log_timezone: "UTC",
	log_checkpoints: "off",
	log_line_prefix: "%m [%p] ",
};

/** The arguments of `postgres`. Without `durable` nothing is forced to disk: for tests alone. */
export function serverArguments(
	cluster: string,
	socket: string,
	durable: boolean,
): string[] {
	const settings = {
		...SETTINGS,
		unix_socket_directories: quoted(socket),
		...(durable
			? { fsync: "on" }
			: { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
	};
	return [
		"-D",
		cluster,
		...Object.entries(settings).flatMap(([name, value]) => [
			"-c",
			`${name}=${value}`,
		]),
	];
}

/** The setting is a list: a comma or a space in a folder's name would split it. */
const quoted = (folder: string): string => `"${folder.replaceAll('"', '""')}"`;
