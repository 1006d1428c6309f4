// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the configuration itself says ${NAME}
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Env } from "./environment.ts";
import { ConfigError } from "./error.ts";
import { loadConfig } from "./load.ts";

const folder = mkdtempSync(join(tmpdir(), "config-"));
afterAll(() => rmSync(folder, { recursive: true }));
let written = 0;
function file(text: string): string {
	const path = join(folder, `${++written}.yaml`);
	writeFileSync(path, text);
	return path;
}
const load = (text: string, env: Env = {}) =>
	loadConfig({ files: [file(text)], env }).config;

/** The complaints about one file, without its name. */
function faults(text: string, env: Env = {}): string[] {
	const path = file(text);
	try {
		loadConfig({ files: [path], env });
	} catch (reason) {
		if (!(reason instanceof ConfigError)) throw reason;
		return reason.faults.map((fault) => fault.replace(path, ""));
	}
	return [];
}

describe("the sample configuration", () => {
	it("is what there is without files", () => {
		const { config, warnings } = loadConfig({ files: [], env: {} });
		expect(Object.keys(config.collections)).toEqual([
			"sample",
			"sample-zarr",
			"echo",
			"dummy",
			"raise",
		]);
		expect(config.http).toMatchObject({ host: "127.0.0.1", port: 8080 });
		expect(config.datasources.sample?.path).toEqual(["sample:"]);
		expect(config.lease).toEqual({
			duration: 15_000,
			renew: 5_000,
			leader: 3_000,
			attempts: 3,
		});
		expect(config["garbage-collector"].threshold).toBe(10 * 2 ** 30);
		expect(warnings).toEqual([]);
	});

	it("grows by a file of two lines, open to every user", () => {
		const config = load(
			"{datasources: {x: {type: grib, path: [FOLDER]}}, collections: {x: {datasources: [{name: x}]}}}",
		);
		expect(Object.keys(config.collections)).toContain("echo");
		expect(config.collections.x?.roles).toEqual(["default"]);
		expect(config.datasources.x?.path).toEqual([join(folder, "FOLDER")]);
	});

	it("is left out by `sample: false`; then no roles means nobody, with a warning", () => {
		const path = file(
			"{sample: false, datasources: {x: {type: echo}}, collections: {x: {datasources: [x]}}}",
		);
		const { config, warnings } = loadConfig({ files: [path], env: {} });
		expect(Object.keys(config.collections)).toEqual(["x"]);
		expect(config.authentication).toEqual({});
		expect(config.collections.x?.roles).toEqual([]);
		expect(warnings).toEqual([
			"collection 'x' has no 'roles': nobody may use it",
		]);
	});
});

describe("merging", () => {
	it("goes deep in maps, replaces lists, deletes by null, in the order of the files", () => {
		const first = file(
			"http: {port: 1, limits: {wait: 5s}}\ncoercion: {allow_lists: [a, b]}\nworker: {concurrency: 3}",
		);
		const second = file(
			"http: {limits: {body: 1K}}\ncoercion: {allow_lists: [c]}\nworker: null\ncollections: {raise: ~}",
		);
		const { config } = loadConfig({
			files: [first, second],
			env: {},
			overrides: { http: { port: 2 } },
		});
		expect(config.http.port).toBe(2);
		expect(config.http.limits).toMatchObject({ wait: 5_000, body: 1024 });
		expect(config.coercion.allow_lists).toEqual(["c"]);
		expect(config.worker.concurrency).toBe(64);
		expect(Object.keys(config.collections)).not.toContain("raise");
	});

	it("reads several documents of a file, anchors and `<<`", () => {
		const config = load(
			"worker: {concurrency: 3}\n---\n" +
				"lease: {attempts: 7}\ndatasources:\n  a: &a {type: echo, repr: A}\n  b: {<<: *a, repr: B}",
		);
		expect(config.worker.concurrency).toBe(3);
		expect(config.lease.attempts).toBe(7);
		expect(config.datasources.b).toEqual({ type: "echo", repr: "B" });
	});

	it("keeps null inside a datasource, where it deletes what a parent says", () => {
		const config = load("datasources: {echo: {match: {class: null}}}");
		expect(config.datasources.echo?.match).toEqual({ class: null });
	});
});

describe("values", () => {
	it("come from the environment, `$$` is a dollar, a lone dollar stays", () => {
		const config = load(
			"http: {host: '${HOST}', port: '${PORT}'}\ndatasources: {raise: {error_message: 'a $$ b $argon2 ${HOST}$${HOST}'}}",
			{ HOST: "localhost", PORT: "81" },
		);
		expect(config.http).toMatchObject({ host: "localhost", port: 81 });
		expect(config.datasources.raise?.error_message).toBe(
			"a $ b $argon2 localhost${HOST}",
		);
	});

	it("of the environment are needed only where they are used", () => {
		const first = file("http: {host: '${NOWHERE}'}");
		const second = file("http: {host: localhost}");
		expect(
			loadConfig({ files: [first, second], env: {} }).config.http.host,
		).toBe("localhost");
		expect(faults("public_url: '${A b}'")[0]).toContain(
			":1: after '${' must come the name of an environment variable",
		);
		expect(faults("\nhttp: {host: '${NOWHERE}'}")).toEqual([
			":2: environment variable NOWHERE is not set",
		]);
	});

	it("of request keys stay as typed", () => {
		const config = load(
			"datasources: {echo: {match: {expver: 0001, time: [0030, 12:00], class: od}, defaults: {date: 2024-01-02}, patch: {f: {x: true}}}}",
		);
		expect(config.datasources.echo).toMatchObject({
			match: { expver: "0001", time: ["0030", "12:00"], class: "od" },
			defaults: { date: "2024-01-02" },
			patch: { f: { x: "true" } },
		});
	});

	it("that are paths start from their file's folder", () => {
		const config = load(
			"staging: {url: file:results}\ndatasources: {echo: ~, x: {type: grib, path: sub/*.grib}}\ncollections: {echo: {datasources: [{name: x, path: [/abs, y]}]}}",
		);
		expect(config.staging.url).toBe(`file:${join(folder, "results")}`);
		expect(config.datasources.x?.path).toEqual([join(folder, "sub/*.grib")]);
		expect(config.collections.echo?.datasources[0]?.path).toEqual([
			"/abs",
			join(folder, "y"),
		]);
	});

	it("that are roles take all of v1's forms", () => {
		const roles = (text: string) =>
			load(`collections: {echo: {roles: ${text}}}`).collections.echo?.roles;
		expect(roles("admin")).toEqual(["admin"]);
		expect(roles("[a, b]")).toEqual(["a", "b"]);
		expect(roles("{r: [a], s: b}")).toEqual({ r: ["a"], s: ["b"] });
	});
});

describe("errors", () => {
	it("come all at once, in order, each with its line and the nearest key", () => {
		expect(
			faults(
				[
					"collectoins: 1",
					"http: {port: a,",
					"  limts: 1}",
					"worker: [1]",
					"collections:",
					"  x: {limits: {per_user: 3}, datasources: [{name: echo, pth: a}]}",
					"  all: {datasources: [echo]}",
				].join("\n"),
			),
		).toEqual([
			":1: unknown key 'collectoins', did you mean 'collections'?",
			":2: http.port: not a valid whole number: expected a whole number from 0 to 65535, got 'a'",
			":3: http: unknown key 'limts', did you mean 'limits'?",
			":4: worker: expected a map",
			":6: collections.x.limits: unknown key 'per_user', did you mean 'per-user'?",
			":6: collections.x.datasources.0: unknown key 'pth', did you mean 'path'?",
			":7: collections.all: a collection's name holds letters, digits, '.', '_' and '-', and is neither 'all' nor an id",
		]);
	});

	it.each([
		["request_store: {mongodb: {uri: x}}", "store.url"],
		["queue: {rabbitmq: {host: x}}", "queue.url"],
		["queue: {sqs: {}}", "queue.url"],
		["staging: {s3: {host: x}}", "staging.url"],
		["caching: {redis: {host: x}}", "cache.url"],
		["request_store: {dynamodb: {}}", "store.url"],
		["frontend: {bind_to: x}", "http.host"],
		["authentication: {auth-o-tron: {url: x}}", "not built yet"],
	])("name our key for v1's: %s", (text, ours) => {
		const found = faults(text);
		expect(found).toHaveLength(1);
		expect(found[0]).toContain("polytope-server v1");
		expect(found[0]).toContain(ours);
	});

	it.each([
		["datasources: {x: {type: fdb, fdb_config: 1}}", "'fdb' is not built yet"],
		["datasources: {x: {type: gribs}}", "did you mean 'grib'? (known: echo"],
		[
			"datasources: {x: {type: echo, pace: 1s}}",
			"'pace' belongs to type 'dummy'",
		],
		["datasources: {x: {parents: [y]}}", "'y' is not configured"],
		["datasources: {x: {parents: [y]}, y: {parents: [x]}}", "its own parent"],
		["collections: {x: {datasources: [nope]}}", "'nope' is not configured"],
		["collections: {x: {datasources: []}}", "at least one datasource"],
		["collections: {x: {}}", "missing key 'datasources'"],
		[
			"{datasources: {g: {type: grib}}, collections: {x: {datasources: [g]}}}",
			"needs a 'path'",
		],
		[
			"authentication: {r: {authenticators: {a: {type: jwt}}}}",
			"not built yet",
		],
		["authentication: {r: {authenticators: {a: {}}}}", "needs a 'type'"],
		["lease: {renew: 20s}", "at most half of 'duration'"],
		["store: {url: 'mysql://x'}", "expected a URL with scheme embedded:"],
		["queue: {url: 'amqp://x'}", "expected a URL with scheme memory:"],
		["queue: {url: 'nats://a:4222,b'}", "'b' is no URL"],
		["queue: {url: 'nats://me:secret@a'}", "go into 'user' and 'password'"],
		["queue: {name: a.b}", "letters, digits"],
		["worker: {pools: []}", "at least one pool"],
		["worker: {pools: [Big]}", "small letters"],
		["worker: {pools: [defualt]}", "did you mean 'default'?"],
		["collections: {echo: {pool: a.b}}", "small letters"],
		["staging: {url: 's3://x'}", "'' is no name of a bucket"],
		["staging: {url: 's3://x/bucket'}", "missing key 'access_key'"],
		[
			"staging: {url: 's3://a:b@x/bucket'}",
			"credentials stand in 'access_key'",
		],
		["staging: {url: 's3://x/bucket?ssl=no'}", "there is no 'ssl'"],
		["staging: {url: 's3://x/bucket?tls=no'}", "'tls' is true or false"],
		[
			"datasources: {a: {type: grib, path: 's3://x/bucket/*.grib?ssl=no'}}",
			"there is no 'ssl'",
		],
		[
			"datasources: {a: {type: grib, path: ['/data', 's3://a:b@x/bucket']}}",
			"credentials do not stand in URLs",
		],
		[
			"{datasources: {a: {type: grib, path: 's3://x/bucket', access_key: k}}, collections: {c: {datasources: [a]}}}",
			"S3 needs both",
		],
		[
			"datasources: {a: {type: grib, path: 'ftp://x/y'}}",
			"ftp: is not read; there are http:, https: and s3:",
		],
		[
			"cache: {url: 'redis:x'}",
			"expected a URL with scheme memory: or redis://",
		],
		["public_url: 'ftp://x'", "expected an http(s) URL"],
		["garbage-collector: {interval: 0}", "longer than 0"],
		["[1, 2]", "expected a map at the top"],
		["a: b: c", "invalid YAML"],
		["a: 1\na: 2", "invalid YAML"],
		["worker: &a [*a]", "too deep or too large"],
		["worker: *nobody", "alias of nothing"],
		["worker: !secret 1", "invalid YAML"],
		["? [a]\n: 1", "a key must be text"],
	])("explain %s", (text, part) => {
		expect(faults(text).join("\n")).toContain(part);
	});

	it("never show a secret", () => {
		const secret = "hunter2";
		const shown = [
			faults(
				`authentication: {r: {authenticators: {a: {type: plain, users: [{uid: a, pasword: ${secret}}]}}}}`,
			),
			faults(
				`authentication: {r: {authenticators: {a: {type: plain, users: [{uid: a, password_hash: ${secret}}]}}}}`,
			),
			faults(
				`authentication: {r: {authenticators: {a: {type: plain, users: [${secret}]}}}}`,
			),
			faults(
				`authentication: {r: {authenticators: {a: {type: keys, keys: [{${secret}: a}]}}}}`,
			),
			faults(
				`authentication: {r: {authenticators: {a: {type: keys, keys: ${secret}}}}}`,
			),
			faults(`store: {url: 'postgre://u:${secret}@h'}`),
			faults("http: {port: '${S}'}", { S: secret }),
			faults("datasources: {x: {type: '${S}'}}", { S: secret }),
			faults(`authentication: {r: {a: "${secret}\n`),
		];
		for (const lines of shown) {
			expect(lines.length).toBeGreaterThan(0);
			expect(lines.join("\n")).not.toContain(secret);
		}
	});

	it("are said of a file that cannot be read", () => {
		const load = () => loadConfig({ files: ["/nowhere/x.yaml"], env: {} });
		expect(load).toThrow("/nowhere/x.yaml: cannot be read (ENOENT)");
	});
});

describe("a public address", () => {
	const own = (user: string) =>
		`{sample: false, http: {host: 0.0.0.0}, authentication: {r: {authenticators: {a: {type: plain, users: [${user}]}}}}}`;

	it.each(["0.0.0.0", "'::'", "10.0.0.1", "example.org", "128.0.0.1"])(
		"%s is refused with the sample users",
		(host) => {
			expect(faults(`http: {host: ${host}}`).join()).toContain("'demo'");
		},
	);

	it("is refused without authentication, and with secrets in clear", () => {
		expect(faults("{sample: false, http: {host: 0.0.0.0}}").join()).toContain(
			"configure 'authentication'",
		);
		expect(faults(own("{uid: a, password: b}")).join()).toContain(
			"for loopback only",
		);
	});

	it("is taken with hashes, secrets of the environment, or without the demo realm", () => {
		const hash =
			"$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA";
		expect(faults(own(`{uid: a, password_hash: '${hash}'}`))).toEqual([]);
		expect(faults(own("{uid: a, password: '${P}'}"), { P: "x" })).toEqual([]);
		const anonymous = "{authenticators: {a: {type: anonymous}}}";
		expect(
			faults(
				`{http: {host: '::'}, authentication: {demo: null, r: ${anonymous}}}`,
			),
		).toEqual([]);
	});

	it.each(["localhost", "127.0.0.2", "'::1'"])("is not %s", (host) => {
		expect(faults(`http: {host: ${host}}`)).toEqual([]);
	});
});
