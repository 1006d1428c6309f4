import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it, test } from "vitest";
import { ConfigError } from "../../services/platform/config/error.ts";
import { ROLE_NAMES } from "../../services/roles.ts";
import { readSettings } from "../../services/settings.ts";
import { run } from "../kit/command.ts";
import { DEPLOY, filesFor, MOUNTED, understand } from "./image.ts";

const ENV = {
	POLYTOPE_PUBLIC_URL: "https://polytope.example.org",
	POLYTOPE_TOKEN: "token",
	POLYTOPE_SCRAPE_TOKEN: "scraper",
	POLYTOPE_STORE_URL: "postgres://polytope:secret@postgres/polytope",
	POLYTOPE_QUEUE_URL: "nats://nats:4222",
	POLYTOPE_QUEUE_TOKEN: "token",
	POLYTOPE_QUEUE_REPLICAS: "3",
	POLYTOPE_STAGING_URL: "s3://s3.example.org/results",
	POLYTOPE_STAGING_PUBLIC_URL: "https://data.polytope.example.org",
	POLYTOPE_S3_ACCESS_KEY: "access",
	POLYTOPE_S3_SECRET_KEY: "secret",
	POLYTOPE_CACHE_URL: "rediss://redis:6379",
	POLYTOPE_OPERATOR_KEY_HASH: "0".repeat(64),
};

const ALL = ["one-host.yaml", "cluster.yaml"].flatMap((common) =>
	ROLE_NAMES.map((role) => ({ common, role })),
);
const argsOf = (common: string, role: (typeof ROLE_NAMES)[number]) => [
	"--role",
	role,
	...[common, ...filesFor(role)].flatMap((file) => [
		"--config",
		`${MOUNTED}/${file}`,
	]),
];

test.each(ALL)("$common starts the role $role", ({ common, role }) => {
	const { config, warnings } = understand({
		args: argsOf(common, role),
		env: ENV,
	});
	expect(warnings).toEqual([]);
	expect(Object.keys(config.collections)).toEqual(["archive"]);
});

test.each(ALL)("$common without a variable stops $role", ({ common, role }) => {
	const { POLYTOPE_TOKEN: _, ...env } = ENV;
	expect(() => understand({ args: argsOf(common, role), env })).toThrow(
		"environment variable POLYTOPE_TOKEN is not set",
	);
});

it("laptop.yaml passes --check-config as it is", async () => {
	const { code, stdout, stderr } = await run(
		process.execPath,
		[
			"services/main.ts",
			"--check-config",
			"--config",
			"deploy/config/laptop.yaml",
		],
		{ cwd: join(DEPLOY, ".."), env: { POLYTOPE_ARCHIVE: "/grib" } },
	);
	expect(stderr).toBe("");
	expect({ code, stdout }).toEqual({
		code: 0,
		stdout: "the configuration is valid: 6 collections\n",
	});
});

it("leaves no file of deploy/config untried", () => {
	const tried = new Set([
		"sample.yaml",
		"laptop.yaml",
		"one-host.yaml",
		"cluster.yaml",
		...ROLE_NAMES.flatMap(filesFor),
	]);
	const files = readdirSync(join(DEPLOY, "config")).filter(
		(name) => name.endsWith(".yaml") && name !== "kustomization.yaml",
	);
	expect(files.toSorted()).toEqual([...tried].toSorted());
});

it("a role does not start without what it needs", () => {
	expect(() =>
		readSettings(
			{ files: [join(DEPLOY, "config/cluster.yaml")], env: ENV },
			new Set(["store"]),
		),
	).toThrow(ConfigError);
});
