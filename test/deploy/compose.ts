import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { DEPLOY } from "./image.ts";

const service = z.object({
	image: z.string(),
	command: z.array(z.string()).default([]),
	environment: z.record(z.string(), z.string()).default({}),
	ports: z.array(z.string()).default([]),
	networks: z.array(z.string()),
	restart: z.literal("unless-stopped"),
	read_only: z.boolean().default(false),
	stop_grace_period: z.string().optional(),
	healthcheck: z.object({ test: z.array(z.string()) }).optional(),
	depends_on: z
		.record(z.string(), z.object({ condition: z.string() }))
		.default({}),
});
const file = z.object({
	services: z.record(z.string(), service),
	networks: z.record(
		z.string(),
		z.object({ internal: z.boolean().default(false) }),
	),
});

export type Compose = z.infer<typeof file>;

/** `deploy/compose.yaml`, with `${…}` filled in. */
export function readCompose(env: Readonly<Record<string, string>>): Compose {
	const filled = (value: unknown): unknown =>
		typeof value === "string" ? fill(value, env) : value;
	// As compose does: what is filled in is text, whatever it looks like.
	return file.parse(
		parse(composeText(), (_key, value) => filled(value), { merge: true }),
	);
}

const fill = (text: string, env: Readonly<Record<string, string>>): string =>
	text.replaceAll(/\$\{(\w+):\?\}/g, (_all, name) => {
		const value = env[name];
		if (value === undefined) throw new Error(`${name} is not set`);
		return value;
	});

export const composeText = (): string =>
	readFileSync(join(DEPLOY, "compose.yaml"), "utf8");

/** What is laid over it to watch it. */
export const monitoringText = (): string =>
	readFileSync(join(DEPLOY, "monitoring/compose.yaml"), "utf8");

/** The variables that `deploy/env.example` asks for, with what it says, or else with something that will do. */
export function exampleEnv(): Record<string, string> {
	const lines = readFileSync(join(DEPLOY, "env.example"), "utf8")
		.split("\n")
		.filter((line) => /^[A-Z]/.test(line));
	return Object.fromEntries(
		lines.map((line) => {
			const [name = "", value] = line.split("=");
			return [name, value || (name.endsWith("_HASH") ? "0".repeat(64) : "x")];
		}),
	);
}
