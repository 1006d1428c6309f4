import { type CommandParser, createClient, defineScript } from "@redis/client";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { pause } from "../wait.ts";
import type { Cache, Rate, Turn } from "./cache.ts";
import { openMemoryCache } from "./memory.ts";
import { openPresence } from "./presence.ts";

/** Other users of the same Redis are not met. */
const PREFIX = "polytope:";
/** Milliseconds that a caller waits for Redis, a few hundred times what an answer takes. */
const DEADLINE_MS = 250;
const CONNECT_MS = 2_000;
/** A connection on which not even a ping was answered for so long is given up and made anew. */
const SILENT_MS = 3_000;
const PING_MS = 1_000;
const LONGEST_PAUSE_MS = 2_000;

/** `step` of bucket.ts, by the clock of Redis. Numbers go back as text: Redis cuts fractions off. */
const SCRIPT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local interval = 1000 / tonumber(ARGV[1])
local ahead = math.max(0, tonumber(redis.call('GET', KEYS[1]) or now) - now)
local wait = ahead + (1 - tonumber(ARGV[2])) * interval
if wait <= 0.1 then wait = 0 end
local taken = wait <= tonumber(ARGV[3])
if taken and ARGV[4] == 'take' then
  redis.call('SET', KEYS[1], string.format('%.3f', now + ahead + interval), 'PX', math.ceil(ahead + interval))
end
return {taken and 1 or 0, string.format('%d', math.ceil(wait))}
`;

interface Ask {
	readonly bucket: string;
	readonly rate: Rate;
	readonly most: number;
	readonly how: "take" | "look";
}

const turn = defineScript({
	SCRIPT,
	NUMBER_OF_KEYS: 1,
	parseCommand(parser: CommandParser, { bucket, rate, most, how }: Ask) {
		parser.pushKey(`${PREFIX}${bucket}`);
		parser.push(`${rate.perSecond}`, `${rate.burst}`, `${most}`, how);
	},
	transformReply: (reply: readonly [number, string]): Turn => ({
		taken: reply[0] === 1,
		waitMs: Number(reply[1]),
	}),
});

/**
 * The cache that several processes share. While Redis is away, each process counts for itself; it is tried again
 * all the time. Resolves when the connection stands, or when that takes too long.
 */
export async function openRedisCache(
	url: string,
	clock: Clock,
	log: Log,
): Promise<Cache> {
	const client = createClient({
		url,
		name: "polytope",
		scripts: { turn },
		// What waits for a Redis that is away would only come too late.
		disableOfflineQueue: true,
		maintNotifications: "disabled",
		pingInterval: PING_MS,
		socket: {
			connectTimeout: CONNECT_MS,
			socketTimeout: SILENT_MS,
			reconnectStrategy: (retries) =>
				Math.min(LONGEST_PAUSE_MS, 50 * 2 ** Math.min(retries, 6)),
		},
	});
	const own = openMemoryCache(clock);
	const presence = openPresence(DEADLINE_MS, log);
	client.on("error", (reason) => presence.lost(reason));
	client.on("ready", () => presence.found());
	const start = new AbortController();
	// Ends when the connection stands or the client is destroyed, not before; its errors come as events.
	client.connect().then(
		() => start.abort(),
		() => start.abort(),
	);
	await pause(CONNECT_MS, start.signal);
	const ask = (asked: Ask): Promise<Turn> =>
		presence.within(
			() => client.turn(asked),
			() =>
				asked.how === "take"
					? own.take(asked.bucket, asked.rate, asked.most)
					: own.look(asked.bucket, asked.rate),
		);
	return {
		take: (bucket, rate, most = 0) => ask({ bucket, rate, most, how: "take" }),
		look: (bucket, rate) => ask({ bucket, rate, most: 0, how: "look" }),
		async [Symbol.asyncDispose]() {
			presence.end();
			client.destroy();
		},
	};
}
