import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callerOf } from "../kit/caller.ts";
import { freePort } from "../kit/ports.ts";
import { ownEnvironment, type Product, startProduct } from "../kit/product.ts";
import { until } from "../kit/until.ts";

/** Part of every secret here: what is printed must not hold it, whole or in part, as it is or in Base64. */
const MARK = "Zq9s3cr3t9qZ";
const secret = (what: string): string => `${MARK}${what}${MARK}`;
const FOUND = [
	/Zq9s|3cr3t|9qZ/,
	// In each of the three places that Base64 knows.
	/WnE5czNj|ExOXMzY|pxOXMzY3/,
];
const MAIL = `jane.${MARK}@mail.example.org`;

function expectNothing(printed: string): void {
	for (const line of printed.split("\n"))
		for (const pattern of FOUND) expect(line).not.toMatch(pattern);
}

/** Each line of the log, parsed; other lines are what the process says in words. */
const eventsIn = (printed: string): string[] =>
	printed
		.split("\n")
		.filter((line) => line.startsWith("{"))
		.map((line) => String(JSON.parse(line).event));

describe("one process, whose users and configuration are full of secrets", () => {
	let product: Product;
	let folder: AsyncDisposable & { path: string };

	beforeAll(async () => {
		folder = await mkdtempDisposable(join(tmpdir(), "secrets-"));
		const file = join(folder.path, "config.yaml");
		await writeFile(file, configText(await freePort()));
		product = await startProduct({ config: [file] });
	});
	afterAll(async () => {
		await product[Symbol.asyncDispose]();
		await folder[Symbol.asyncDispose]();
	});

	const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
		fetch(`${product.url}${path}`, { redirect: "manual", ...init });

	it("prints none of what it was asked with", async () => {
		const hostile = {
			"x-auth-roles": secret("roles"),
			"x-api-key": secret("api"),
			cookie: `session=${secret("cookie")}`,
			referer: `https://u:${secret("referer")}@host/?t=${secret("query")}`,
			"user-agent": secret("agent"),
		};
		const credentials = [
			`Bearer ${secret("wrong")}`,
			`EmailKey ${MAIL}:${secret("wrong")}`,
			`Basic ${Buffer.from(`jane:${secret("password")}`).toString("base64")}`,
			`Basic ${Buffer.from(`jane:${secret("wrong")}`).toString("base64")}`,
			`Digest ${secret("digest")}`,
			`Bearer ${secret("key")}`,
		];
		for (const authorization of credentials)
			for (const path of [
				`/api/v1/requests?token=${secret("query")}`,
				`/api/v1/requests/${secret("id")}?key=${secret("query")}`,
				`/api/v1/downloads/${secret("download")}.grib`,
				`/api/v1/${secret("path")}`,
				"/api/v1/user",
			])
				await (
					await ask(path, { headers: { ...hostile, authorization } })
				).text();
		await ask("/api/v1/requests/echo", {
			method: "POST",
			headers: { authorization: `Bearer ${secret("key")}` },
			body: `{"verb": "retrieve", "request": "${secret("unfinished")}`,
		});
		expectNothing(product.output());
	});

	it("prints none of what its requests hold, nor of what they fail with", async () => {
		const jane = callerOf(product.url, secret("key"));
		await jane.ended(await jane.submit("echo", secret("request")));
		const { message } = await jane.ended(await jane.submit("raise", "x"));
		// The user is told what the datasource says; the log is for others.
		expect(message).toContain(MARK);
		const id = await jane.submit("again", { token: secret("request") });
		await until("it is tried again", () =>
			product.output().includes("request.retried"),
		);
		expect(await jane.revoke(id)).toBe(200);
		await ask("/api/v1/requests/archive", {
			method: "POST",
			headers: {
				authorization: `Bearer ${secret("key")}`,
				"content-type": "application/json",
			},
			body: JSON.stringify({
				verb: "archive",
				request: { class: "od" },
				url: `https://u:${secret("url")}@host.example/x?sig=${secret("sig")}`,
			}),
		});
		expectNothing(product.output());
		expect(eventsIn(product.output())).toEqual(
			expect.arrayContaining([
				"cache.away",
				"request.processed",
				"request.failed",
				"request.retried",
				"request.cancelled",
			]),
		);
	});
});

describe("roles whose servers are away", () => {
	it.each([
		[
			"store",
			(port: number) => ({
				store: { url: `postgres://u:${secret("pg")}@127.0.0.1:${port}/db` },
				queue: nats(port),
			}),
		],
		[
			"broker",
			(port: number) => ({
				queue: nats(port),
				services: { store: `http://127.0.0.1:${port}`, token: secret("token") },
			}),
		],
		[
			"staging",
			(port: number) => ({
				staging: {
					url: `s3://127.0.0.1:${port}/bucket?tls=false`,
					access_key: secret("access"),
					secret_key: secret("secret"),
				},
				services: { store: `http://127.0.0.1:${port}`, token: secret("token") },
			}),
		],
		[
			"worker",
			(port: number) => ({
				queue: nats(port),
				services: {
					store: `http://127.0.0.1:${port}`,
					staging: `http://127.0.0.1:${port}`,
					token: secret("token"),
				},
				datasources: {
					there: {
						type: "grib",
						path: [
							`http://127.0.0.1:${port}/a.grib?token=${secret("query")}`,
							`s3://127.0.0.1:${port}/bucket?tls=false`,
						],
						access_key: secret("access"),
						secret_key: secret("secret"),
					},
				},
				collections: { there: { datasources: ["there"] } },
			}),
		],
	] as const)("%s", async (role, config) => {
		const printed = await startAndEnd(role, config(await freePort()), (said) =>
			/"level":"(warn|error)"/.test(said),
		);
		expectNothing(printed);
	});

	it("and a configuration that is wrong where a secret stands", async () => {
		for (const wrong of [
			{ store: { url: `mysql://u:${secret("pg")}@host/db` } },
			{ queue: { url: `nats://u:${secret("nats")}@127.0.0.1:4222` } },
			{ services: { store: `http://u:${secret("rpc")}@127.0.0.1:1` } },
			grib({ path: `https://u:${secret("path")}@host/a.grib` }),
			grib({ path: `s3://host/bucket?token=${secret("query")}` }),
			grib({ path: `s3://host/bucket`, secret_key: [secret("secret")] }),
		])
			expectNothing(await startAndEnd("broker", wrong, () => false));
	});
});

const grib = (settings: object) => ({
	datasources: { there: { type: "grib", ...settings } },
});

const nats = (port: number) => ({
	url: `nats://127.0.0.1:${port}`,
	user: "u",
	password: secret("nats"),
});

/** Starts a role, ends it when it has said enough or ended by itself, and gives what it printed. */
async function startAndEnd(
	role: string,
	config: unknown,
	enough: (printed: string) => boolean,
): Promise<string> {
	await using folder = await mkdtempDisposable(join(tmpdir(), "secrets-"));
	const file = join(folder.path, "config.yaml");
	await writeFile(file, JSON.stringify(config));
	const child = spawn(
		process.execPath,
		[
			...["services/main.ts", "--role", role, "--config", file],
			...["--data", folder.path, "--port", "0", "--ops-port", "0"],
		],
		{
			cwd: join(import.meta.dirname, "../.."),
			env: ownEnvironment(),
			stdio: ["ignore", "pipe", "pipe"],
		},
	);
	const closed = once(child, "close");
	let printed = "";
	for (const stream of [child.stdout, child.stderr])
		stream.setEncoding("utf8").on("data", (text: string) => {
			printed += text;
		});
	try {
		await until(
			`${role} has said enough`,
			() => child.exitCode !== null || enough(printed),
			30_000,
		);
	} finally {
		child.kill("SIGTERM");
		await closed;
	}
	expect(printed).not.toBe("");
	return printed;
}

const configText = (port: number): string =>
	JSON.stringify({
		logging: { level: "debug" },
		cache: { url: `redis://:${secret("redis")}@127.0.0.1:${port}` },
		authentication: {
			demo: {
				authenticators: {
					users: {
						type: "plain",
						users: [{ uid: "jane", password: secret("password"), email: MAIL }],
					},
					keys: {
						type: "keys",
						keys: [{ key: secret("key"), user: "jane", email: MAIL }],
					},
				},
			},
		},
		datasources: {
			raise: {
				type: "raise",
				error_message: `no answer of postgres://u:${MARK}@db/x (password=${MARK}, ask ${MAIL})`,
			},
			again: {
				type: "raise",
				error_message: `GET https://s3/b/k?X-Amz-Signature=${MARK} failed, Authorization: Bearer ${MARK}`,
				temporary: 9,
			},
		},
		collections: {
			sample: null,
			again: { datasources: [{ name: "again" }] },
		},
	});
