import type { IncomingMessage } from "node:http";
import { LRUCache } from "lru-cache";
import { atMost } from "../services/platform/at-most.ts";
import type { Cache } from "../services/platform/cache/cache.ts";
import type { Config } from "../services/platform/config/schema.ts";
import { rateOf } from "./limits.ts";
import { Problem } from "./problem.ts";

/** Bounds how often an address may show wrong credentials. */
export interface SignIns {
	/**
	 * Whether these credentials may be tried from there now.
	 *
	 * @param digest of the credentials
	 * @throws Problem when too many were wrong, and these have not been right lately: many may share an address, and one
	 * of them must not lock the others out
	 */
	check(request: IncomingMessage, digest: string): Promise<void>;
	right(digest: string): void;
	wrong(request: IncomingMessage, digest: string): Promise<void>;
}

/** Milliseconds for which credentials count as having been right lately. */
const LATELY_MS = 3_600_000;
const REMEMBERED = 100_000;

interface SignInsContext {
	readonly cache: Cache;
	readonly addressOf: (request: IncomingMessage) => string;
	readonly limit: Config["http"]["limits"]["failed_sign_ins"];
	readonly rejectStatus: number;
}

export function openSignIns(ctx: SignInsContext): SignIns {
	const rate = rateOf(ctx.limit);
	const lately = new LRUCache<string, true>({
		...atMost(REMEMBERED),
		ttl: LATELY_MS,
	});
	const bucketOf = (request: IncomingMessage): string =>
		`sign-in/address/${ctx.addressOf(request)}`;
	return {
		async check(request, digest) {
			if (rate === undefined || lately.has(digest)) return;
			const { taken, waitMs } = await ctx.cache.look(bucketOf(request), rate);
			if (!taken) throw tooMany(ctx.rejectStatus, waitMs);
		},
		right(digest) {
			lately.set(digest, true);
		},
		async wrong(request, digest) {
			lately.delete(digest);
			if (rate !== undefined) await ctx.cache.take(bucketOf(request), rate);
		},
	};
}

function tooMany(status: number, waitMs: number): Problem {
	const seconds = Math.max(1, Math.ceil(waitMs / 1000));
	return new Problem(
		status,
		`Too many wrong credentials came from your address: wait ${seconds} s, check yours, and try again`,
		{ "retry-after": `${seconds}` },
	);
}
