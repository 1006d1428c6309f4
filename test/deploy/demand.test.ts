import { readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { z } from "zod";
import { openTestStore } from "../kit/store.ts";
import { DEPLOY } from "./image.ts";

const scaledObject = z.object({
	spec: z.object({
		triggers: z.array(z.object({ metadata: z.object({ query: z.string() }) })),
	}),
});

it("the demand that workers are scaled by is what waits and what runs", async () => {
	const text = readFileSync(
		join(DEPLOY, "kubernetes/components/keda/scaledobject.yaml"),
		"utf8",
	);
	const [first] = parseAllDocuments(text);
	const [trigger] = scaledObject.parse(first?.toJS()).spec.triggers;
	await using kit = await openTestStore();
	const client = new pg.Client({ connectionString: kit.database.url });
	await client.connect();
	const demand = async (): Promise<number> => {
		const { rows } = await client.query<Record<string, string>>(
			trigger?.metadata.query ?? "",
		);
		return Number(Object.values(rows[0] ?? {})[0]);
	};
	try {
		expect(await demand()).toBe(0);
		await kit.submit(kit.own());
		await kit.submit(kit.own());
		await kit.processing(kit.own());
		expect(await demand()).toBe(3);
	} finally {
		await client.end();
	}
});
