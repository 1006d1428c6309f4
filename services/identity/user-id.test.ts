import { expect, it } from "vitest";
import { userId } from "./user-id.ts";

it("is polytope-server v1's", () => {
	expect(userId("a", "r")).toBe("3869f860-1a26-5d17-b6f6-49b2f55f41b0");
});

it("counts characters as Python does, not UTF-16 units", () => {
	// python3: uuid.uuid5(uuid.UUID(int=0), "🌍1réalm5")
	expect(userId("🌍", "réalm")).toBe("2d51e3c9-fa24-57a7-98ae-8a2e13885b3f");
});

it("tells realm and name apart", () => {
	expect(userId("ab", "c")).not.toBe(userId("a", "bc"));
});
