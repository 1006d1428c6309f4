import { expect, it } from "vitest";
import { limiter } from "./limiter.ts";

it("runs so many at a time, in order, refuses beyond, and goes on after a failure", async () => {
	const limited = limiter(1, 2);
	const order: string[] = [];
	const gate = Promise.withResolvers<void>();
	const first = limited(async () => {
		await gate.promise;
		order.push("first");
		throw new Error("broken");
	});
	const second = limited(async () => order.push("second"));
	const third = limited(async () => order.push("third"));
	await expect(limited(async () => "fourth")).rejects.toThrow(/Too many/);
	gate.resolve();
	await expect(first).rejects.toThrow("broken");
	await Promise.all([second, third]);
	expect(order).toEqual(["first", "second", "third"]);
	expect(await limited(async () => "again")).toBe("again");
});
