import { afterAll, beforeAll, describe, expect, test } from "vitest";
import fixture from "../../hypercube/mars/fixtures/real-requests.json" with {
	type: "json",
};
import { INSTALL_TIMEOUT } from "../kit/tools.ts";
import type { TestWorld } from "../kit/world.ts";
import { openIn, WORLDS } from "../kit/worlds.ts";

/** Requests as real users sent them, to the collections they sent them to: taken, or refused with the exact reason. */
const requests: readonly {
	name: string;
	collection: string;
	request: string | object;
}[] = fixture;
const collections = [...new Set(requests.map(({ collection }) => collection))];

test("they come from seven collections", () => {
	expect(collections).toHaveLength(7);
});

describe.each(WORLDS)("real requests, %s", (where) => {
	let it: TestWorld;
	beforeAll(async () => {
		const offered = Object.fromEntries(
			collections.map((name) => [name, { datasources: ["echo"] }]),
		);
		it = await openIn(where, JSON.stringify({ collections: offered }));
	}, INSTALL_TIMEOUT);
	afterAll(() => it[Symbol.asyncDispose]());

	test.each(requests)(
		"$name is taken, or refused for its feature",
		async ({ collection, request }) => {
			const answer = await fetch(`${it.url()}/api/v1/requests/${collection}`, {
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
});
