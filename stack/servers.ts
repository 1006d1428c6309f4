import { type TestNats, testNats } from "../test/kit/nats.ts";
import {
	type PostgresServer,
	startPostgres,
} from "../test/kit/postgres-server.ts";
import { type RedisServer, startRedis } from "../test/kit/redis.ts";
import { type S3Server, startS3 } from "../test/kit/s3.ts";

/** The servers of others that a stack started; each can be stopped and started again. */
export interface Servers {
	readonly postgres: PostgresServer;
	readonly nats: TestNats;
	readonly s3: S3Server;
	readonly redis: RedisServer;
}

/** What the configuration says of the servers that a stack stands on. */
export interface ServerSettings {
	readonly store: { readonly url: string };
	readonly queue: { readonly url: string };
	readonly cache: { readonly url: string };
	readonly staging: {
		readonly url: string;
		readonly access_key?: string;
		readonly secret_key?: string;
	};
}

/**
 * Starts PostgreSQL, NATS with JetStream, an S3 server and Redis on free ports of loopback. Programs that are not there
 * are installed first, as for the tests. What they hold is removed at the end.
 *
 * @param durable whether PostgreSQL forces what it holds to disk
 */
export async function startServers(
	stack: AsyncDisposableStack,
	durable: boolean,
): Promise<Servers> {
	const kept = async <T extends AsyncDisposable>(one: Promise<T>): Promise<T> =>
		stack.use(await one);
	const all = [
		kept(startPostgres({ durable, detached: true })),
		kept(testNats({ detached: true })),
		kept(startS3(true)),
		kept(startRedis(true)),
	] as const;
	// All have settled before one that failed is told of: none is left behind.
	await Promise.allSettled(all);
	const [postgres, nats, s3, redis] = await Promise.all(all);
	return { postgres, nats, s3, redis };
}

export const settingsOf = ({
	postgres,
	nats,
	s3,
	redis,
}: Servers): ServerSettings => ({
	store: { url: postgres.url },
	queue: { url: nats.url },
	cache: { url: redis.url },
	staging: {
		url: s3.urlOf("polytope"),
		access_key: s3.accessKey,
		secret_key: s3.secretKey,
	},
});
