import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import fixture from "../../hypercube/mars/fixtures/real-requests.json" with {
	type: "json",
};
import { type Product, startProduct } from "../kit/product.ts";

/** Requests as real users sent them, to the collections they sent them to: taken, or refused with the exact reason. */
const requests: readonly {
	name: string;
	collection: string;
	request: string | object;
}[] = fixture;
const collections = [...new Set(requests.map(({ collection }) => collection))];

let product: Product;
let folder: string;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "polytope-test-"));
	const config = join(folder, "collections.json");
	const offered = Object.fromEntries(
		collections.map((name) => [name, { datasources: ["echo"] }]),
	);
	await writeFile(config, JSON.stringify({ collections: offered }));
	product = await startProduct({ config: [config] });
});
afterAll(async () => {
	await product[Symbol.asyncDispose]();
	await rm(folder, { recursive: true });
});

it("come from seven collections", () => {
	expect(collections).toHaveLength(7);
});

it.each(requests)(
	"$name is taken, or refused for its feature",
	async ({ collection, request }) => {
		const answer = await fetch(`${product.url}/api/v1/requests/${collection}`, {
			method: "POST",
			headers: {
				authorization: "Bearer demo-key",
				"content-type": "application/json",
			},
			body: JSON.stringify({ verb: "retrieve", request }),
		});
		const { message } = (await answer.json()) as { message: string };
		if (JSON.stringify(request).includes("feature")) {
			expect(answer.status).toBe(400);
			expect(message).toBe(
				"No matching datasource found for request:\nSkipping datasource echo: request contains key 'feature', but this is not expected by the datasource.",
			);
		} else {
			expect([answer.status, message]).toEqual([202, "Request queued"]);
		}
	},
);
