import { expect, test } from "vitest";
import { startProduct } from "./product.ts";

test("the server starts, answers, and ends with 0 on SIGTERM", async () => {
	await using product = await startProduct();
	const answer = await fetch(`${product.url}/api/v1/test`);
	expect(answer.status).toBe(200);
	await answer.text();
	expect(await product.stop(), product.output()).toBe(0);
	expect(product.output()).not.toMatch(/warning/i);
});

test("a server that ends instead of being ready is an error with what it printed", async () => {
	const started = startProduct({ args: ["--no-such-option"] });
	await expect(started).rejects.toThrow(/ended with 2.*no-such-option/s);
});
