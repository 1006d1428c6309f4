import {
	chmod,
	type FileHandle,
	mkdir,
	open,
	readFile,
	rename,
	stat,
} from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Log } from "../../log.ts";
import { type Binaries, findBinaries } from "./binaries.ts";
import { ensureCluster, USER } from "./cluster.ts";
import { endFormer } from "./former.ts";
import { chooseGuise, type Guise, handOver } from "./guise.ts";
import { keep } from "./keeper.ts";
import { type Connection, untilReady } from "./ready.ts";
import { serverArguments } from "./settings.ts";
import {
	PORT,
	restoreSocketFolder,
	type SocketFolder,
	socketFolder,
} from "./socket.ts";
import { type Watched, watch } from "./watchdog.ts";

/** A PostgreSQL of our own; disposing of it stops it. */
export interface EmbeddedPostgres extends AsyncDisposable {
	/** What `new pg.Pool(connection)` takes; the same for as long as it is kept running. */
	readonly connection: Connection;
}

export interface EmbeddedOptions {
	/** Where the database lives; made with mode 0700 if it is not there. The caller holds the lock on it. */
	readonly folder: string;
	readonly log: Log;
	/** How many starts in a row may fail before a PostgreSQL that died is given up; 0, the default: it is not started again. */
	readonly starts?: number;
	/** Called once if PostgreSQL has ended though nobody asked it to, and is given up. */
	readonly onExit?: (reason: Error) => void;
	/** False forces nothing to disk: faster, and lost with the machine. For tests. */
	readonly durable?: boolean;
	/** True removes the folder when PostgreSQL has ended, however that came. For tests. */
	readonly temporary?: boolean;
}

/**
 * Starts the PostgreSQL that npm brought, as a child on a Unix socket, and waits until it answers: about 0.6 s for a
 * new folder, 0.1 s for one with data. It never outlives this process (`watchdog.ts`), nor keeps it alive. One that
 * dies is started again (`keeper.ts`).
 *
 * @throws Error with the last lines of its log when it does not start
 */
export async function openEmbedded(
	options: EmbeddedOptions,
): Promise<EmbeddedPostgres> {
	const { log, onExit, starts = 0 } = options;
	const place = await prepare(options);
	const kept = keep(await start(place), {
		start: async () => {
			await restoreSocketFolder(place.socket);
			return start(place);
		},
		starts,
		log,
		onGivenUp: (reason) => {
			const logFile = logFileIn(place.folder);
			onExit?.(
				new Error(`${reason.message}; see ${logFile}`, { cause: reason.cause }),
			);
		},
	});
	return {
		connection: place.connection,
		[Symbol.asyncDispose]: () => kept.stop(),
	};
}

/** Everything that is the same at every start. */
interface Place {
	readonly folder: string;
	readonly cluster: string;
	readonly binaries: Binaries;
	readonly guise: Guise;
	readonly socket: SocketFolder;
	readonly durable: boolean;
	readonly temporary: boolean;
	readonly connection: Connection;
}

async function prepare(options: EmbeddedOptions): Promise<Place> {
	const { durable = true, temporary = false } = options;
	const folder = resolve(options.folder);
	await mkdir(folder, { recursive: true });
	await chmod(folder, 0o700);
	const binaries = await findBinaries(join(folder, "lib"));
	const guise = await chooseGuise(binaries, folder);
	const cluster = await ensureCluster({ folder, binaries, guise, durable });
	const socket = await socketFolder(folder);
	const connection: Connection = {
		host: socket.path,
		port: PORT,
		user: USER,
		database: "postgres",
		ssl: false,
	};
	return {
		folder,
		cluster,
		binaries,
		guise,
		socket,
		durable,
		temporary,
		connection,
	};
}

async function start(place: Place): Promise<Watched> {
	const { folder, cluster, binaries, guise, socket, durable } = place;
	await endFormer(cluster);
	await handOver(socket.path, guise);
	const logFile = logFileIn(folder);
	await using output = await openLogFile(logFile);
	const { size: logged } = await output.stat();
	const server = watch({
		argv: [
			...binaries.postgres,
			...serverArguments(cluster, socket.path, durable),
		],
		guise,
		output: output.fd,
		scratch: [socket.scratch ? socket.path : "", place.temporary ? folder : ""],
	});
	await started(server, place.connection, () => tail(logFile, logged));
	return server;
}

const logFileIn = (folder: string): string => join(folder, "postgres.log");

/** Milliseconds for a start; after a crash PostgreSQL first replays what its log holds. */
const PATIENCE = 120_000;

async function started(
	server: Watched,
	connection: Connection,
	lastWords: () => Promise<string>,
): Promise<void> {
	const giveUp = new AbortController();
	const signal = AbortSignal.any([
		giveUp.signal,
		AbortSignal.timeout(PATIENCE),
	]);
	void server.ended.then(() => giveUp.abort());
	try {
		await untilReady(connection, signal);
	} catch (cause) {
		await server.stop();
		throw new Error(`PostgreSQL does not start: ${await lastWords()}`, {
			cause,
		});
	}
}

/** Bytes of PostgreSQL's own log that are kept, and as many of the one before. */
const LOG_SIZE = 10_000_000;

/** Opens PostgreSQL's log for more; one that has grown large becomes `….1` first. */
async function openLogFile(file: string): Promise<FileHandle> {
	const size = await stat(file).then(
		(found) => found.size,
		() => 0,
	);
	if (size > LOG_SIZE) await rename(file, `${file}.1`);
	return open(file, "a", 0o600);
}

/** What the log got since this start, at most its last lines. */
async function tail(file: string, from: number): Promise<string> {
	const text = (await readFile(file)).subarray(from).toString();
	return text.trim().split("\n").slice(-12).join("\n");
}
