import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DescService } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { configDocument } from "../../services/platform/config/document.ts";
import { EVENT_NAMES } from "../../services/platform/log/names.ts";
import { SERVICES } from "../../services/platform/role.ts";
import { ROLE_NAMES } from "../../services/roles.ts";
import { DEPLOY } from "./image.ts";

const read = (name: string): string =>
	readFileSync(join(DEPLOY, "../docs", name), "utf8");
const operating = read("operating.md");
const scaling = read("scaling.md");

test("the operator's guide calls what there is to be called", () => {
	const services: DescService[] = Object.values(SERVICES);
	const known = services.flatMap(({ typeName, methods }) =>
		methods.map(({ name }) => `${typeName}/${name}`),
	);
	const calls = [...operating.matchAll(/polytope\.\w+\.v1\.\w+\/\w+/g)];
	expect(calls.length).toBeGreaterThan(8);
	for (const [call] of calls) expect(known).toContain(call);
});

test("it tells of each role", () => {
	for (const role of ROLE_NAMES) expect(operating).toContain(`| \`${role}\` |`);
});

test("it names settings and log events that there are", () => {
	const document = configDocument();
	const isSetting = (name: string): boolean => {
		const [section = "", ...key] = name.split(".");
		const table = document.split(`\n## ${section}\n`)[1]?.split("\n## ")[0];
		// A key, or a group of keys.
		return table?.includes(`| \`${key.join(".")}`) === true;
	};
	const names = [...`${operating}${scaling}`.matchAll(/`([a-z-]+\.[a-z_.]+)`/g)]
		.map(([, name = ""]) => name)
		.filter((name) => !/\.(yaml|example|md|ts)$/.test(name));
	expect(names.length).toBeGreaterThan(30);
	const events = new Set<string>(Object.keys(EVENT_NAMES));
	expect(names.filter((name) => !isSetting(name) && !events.has(name))).toEqual(
		[],
	);
});

test("it names files that there are", () => {
	const files = [...operating.matchAll(/`?(deploy\/[\w./-]+\w)`?/g)].filter(
		([, file = ""]) => !/^deploy\/(\.env|tls|store|[a-z]+ )/.test(file),
	);
	expect(files.length).toBeGreaterThan(4);
	for (const [, file = ""] of files)
		expect([file, existsSync(join(DEPLOY, "..", file))]).toEqual([file, true]);
});
