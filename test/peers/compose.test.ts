import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { exampleEnv } from "../deploy/compose.ts";
import { DEPLOY } from "../deploy/image.ts";
import { run } from "../kit/command.ts";
import { tool } from "../kit/tools.ts";

/** The reader of compose files that Docker itself is built with; its program is called `cmd`. */
const composeReader = () =>
	tool({
		name: "cmd",
		version: "compose-go-2.16.2",
		recipes: [
			{ by: "go", module: "github.com/compose-spec/compose-go/v2/cmd@v2.16.2" },
		],
	});

it("compose.yaml is one by the specification's own reader, and a mistake would be seen", async () => {
	const reader = await composeReader();
	const read = (...files: string[]) =>
		run(reader, ["--no-interpolation", ...files]);
	const good = join(DEPLOY, "compose.yaml");
	expect(await read(good)).toMatchObject({ code: 0, stderr: "" });
	const both = await read(good, join(DEPLOY, "monitoring/compose.yaml"));
	expect(both).toMatchObject({ code: 0, stderr: "" });
	expect(both.stdout).toContain("prom/prometheus");
	const folder = await mkdtemp(join(tmpdir(), "polytope-compose-"));
	try {
		const bad = join(folder, "compose.yaml");
		const text = await readFile(good, "utf8");
		await writeFile(bad, text.replace("cap_drop:", "cap_dorp:"));
		expect((await read(bad)).stderr).toContain("cap_dorp");
	} finally {
		await rm(folder, { recursive: true });
	}
});

it("nginx takes the proxy's configuration", async () => {
	const nginx = await tool({
		name: "nginx",
		version: "1.22",
		recipes: [{ by: "apt", package: "nginx-light" }],
	});
	const folder = await mkdtemp(join(tmpdir(), "polytope-proxy-"));
	try {
		const certificates = new URL(
			"../../services/platform/rpc/fixtures/",
			import.meta.url,
		);
		for (const name of ["cert.pem", "key.pem"])
			await cp(fileURLToPath(new URL(name, certificates)), join(folder, name));
		const template = await readFile(
			join(DEPLOY, "proxy/default.conf.template"),
			"utf8",
		);
		const site = template
			.replaceAll(/\$\{(\w+)\}/g, (_all, name) => exampleEnv()[name] ?? "")
			.replaceAll("/etc/nginx/tls", folder);
		await writeFile(join(folder, "site.conf"), site);
		const whole = join(folder, "nginx.conf");
		await writeFile(
			whole,
			`pid ${folder}/pid; error_log stderr; events {} http { include ${folder}/site.conf; }`,
		);
		const { code, stderr } = await run(nginx, ["-t", "-q", "-c", whole]);
		expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
	} finally {
		await rm(folder, { recursive: true });
	}
});
