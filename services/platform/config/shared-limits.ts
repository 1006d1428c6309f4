import type { Config } from "./schema.ts";

/**
 * What forbids a gateway to be a process of its own, one of several perhaps: limits that each would count for itself,
 * so that they would mean something else with every replica. Undefined: nothing does.
 */
export function unsharedLimits({ cache, http }: Config): string | undefined {
	const { submissions, polls, failed_sign_ins } = http.limits;
	const limited = [submissions, polls, failed_sign_ins].some(
		({ rate }) => rate > 0,
	);
	if (cache.url !== "memory:" || !limited) return undefined;
	return "a gateway that runs as a process of its own shares its limits with others: set 'cache.url' to redis://HOST:6379, or switch the limits off ('http.limits.submissions.rate', 'http.limits.polls.rate' and 'http.limits.failed_sign_ins.rate': 0)";
}
