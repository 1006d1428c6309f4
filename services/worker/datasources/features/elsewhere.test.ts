import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openArchive } from "../../../../hypercube/archive/archive.ts";
import { tableOf } from "../../../../hypercube/archive/table.ts";
import { field } from "../../../../test/kit/fields.ts";
import { temporaryFolder } from "../../../../test/kit/temporary.ts";
import { until } from "../../../../test/kit/until.ts";
import { serveFolder } from "../../../../test/kit/web.ts";
import { DatasourceError } from "../datasource.ts";
import type { Death } from "./lost.ts";
import type { Task } from "./protocol.ts";
import { Threads } from "./threads.ts";

const never = new AbortController().signal;

test("a thread that waits for a server stops at once, and hears why a server refuses", async () => {
	await using folder = await temporaryFolder("elsewhere");
	await using web = await serveFolder(folder.path);
	await writeFile(join(folder.path, "a.grib"), field());
	const access = { path: [`${web.url}/a.grib?token=secret`] };
	const archive = await openArchive(access, never);
	const table = tableOf(await archive.find({}, never));
	const task: Task = {
		source: { kind: "archive", table, indexFolder: folder.path, access },
		feature: { type: "position", points: [[1, 1]] },
		body: {},
		format: undefined,
		profile: undefined,
		options: {
			profile: "polytope",
			compatible: false,
			maxVertices: 10,
			shapes: undefined,
			limits: {},
			grids: undefined,
		},
	};
	const deaths: Death[] = [];
	await using threads = new Threads(1, {
		onDeath: (death) => void deaths.push(death),
	});
	const read = async (signal = never): Promise<string> => {
		const { stream } = await threads.start(task, signal);
		return Buffer.concat(await Array.fromAsync(stream)).toString();
	};
	const answer = await read();
	expect(answer).toContain("CoverageCollection");

	web.instead = () => true;
	const stop = new AbortController();
	const stopped = read(stop.signal);
	stopped.catch(() => {});
	await until("it waits for the server", () => web.open === 1);
	stop.abort(new Error("revoked"));
	await expect(stopped).rejects.toThrow("revoked");
	await until("it waits no more", () => web.open === 0);

	web.instead = (_, response) => {
		response.writeHead(403).end();
		return true;
	};
	const refused = await read().catch((error: unknown) => error);
	expect(refused).toBeInstanceOf(DatasourceError);
	expect(refused).toMatchObject({ retryAfter: undefined });
	expect(String(refused)).toMatch(/a\.grib answered 403/);
	expect(String(refused)).not.toContain("secret");

	web.instead = () => false;
	await writeFile(join(folder.path, "a.grib"), field({}, 7));
	await expect(read()).rejects.toMatchObject({
		message: expect.stringContaining("a.grib, has changed"),
		retryAfter: 0,
	});
	expect(deaths).toEqual([]);
});
