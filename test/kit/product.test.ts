import { createServer } from "node:net";
import { expect, test } from "vitest";
import { startProduct } from "./product.ts";
import { temporaryFolder } from "./temporary.ts";

test("the server starts, answers, and ends with 0 on SIGTERM", async () => {
	await using data = await temporaryFolder("first-start");
	await using product = await startProduct({ data: data.path });
	const answer = await fetch(`${product.url}/api/v1/test`);
	expect(answer.status).toBe(200);
	await answer.text();
	expect(await product.stop(), product.output()).toBe(0);
	expect(product.output()).not.toMatch(/warning/i);
});

test("a server that ends instead of being ready is an error with what it printed", async () => {
	await using data = await temporaryFolder("not-started");
	const started = startProduct({
		data: data.path,
		args: ["--no-such-option"],
	});
	await expect(started).rejects.toThrow(/ended with 2.*no-such-option/s);
});

test("a port that is taken is said, with what to do", async () => {
	const other = createServer();
	await new Promise<void>((resolve) =>
		other.listen(0, "127.0.0.1", () => resolve()),
	);
	try {
		const address = other.address();
		const port = typeof address === "object" ? `${address?.port}` : "";
		const started = startProduct({ args: ["--port", port] });
		await expect(started).rejects.toThrow(
			new RegExp(`ended with 1.*127.0.0.1:${port} is in use.*--port`, "s"),
		);
	} finally {
		other.close();
	}
});

test("asked for help, it says how it is used", async () => {
	await using data = await temporaryFolder("not-started");
	const started = startProduct({ data: data.path, args: ["--help"] });
	await expect(started).rejects.toThrow(/ended with 0.*--check-config/s);
});
