import type { Planned } from "./plan.ts";
import type { ServerSettings } from "./servers.ts";

/** The configuration that all processes of a stack share, as a file's text; secrets come from the environment. */
export function configText(
	processes: readonly Planned[],
	{ store, queue, cache, staging }: ServerSettings,
): string {
	const addresses = (role: Planned["role"]) =>
		processes
			.filter((one) => one.role === role)
			.map(({ grpcPort }) => `http://127.0.0.1:${grpcPort}`);
	const known = (
		["store", "staging", "identity", "worker", "broker", "telemetry"] as const
	)
		.map((role) => [role, addresses(role)] as const)
		.filter(([, urls]) => urls.length > 0);
	const secret = (name: string): string => ["$", "{", name, "}"].join("");
	return JSON.stringify({
		store,
		queue,
		cache,
		staging: {
			url: staging.url,
			...(staging.access_key !== undefined && {
				access_key: secret("POLYTOPE_S3_ACCESS_KEY"),
				secret_key: secret("POLYTOPE_S3_SECRET_KEY"),
			}),
			public_url: httpUrl(processes, "staging"),
		},
		services: {
			token: secret("POLYTOPE_TOKEN"),
			...Object.fromEntries(known),
		},
	});
}

/** Where a role's HTTP door is, which all its processes share. */
export function httpUrl(
	processes: readonly Planned[],
	role: "gateway" | "staging" | "telemetry",
): string {
	const one = processes.find((process) => process.role === role);
	return `http://127.0.0.1:${one?.httpPort ?? 0}`;
}

/** What processes of a stack find in their environment. */
export const environmentOf = (
	token: string,
	{ staging }: ServerSettings,
): Record<string, string> => ({
	POLYTOPE_TOKEN: token,
	POLYTOPE_S3_ACCESS_KEY: staging.access_key ?? "",
	POLYTOPE_S3_SECRET_KEY: staging.secret_key ?? "",
});
