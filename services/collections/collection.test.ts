import { describe, expect, test } from "vitest";
import {
	chooseDatasource,
	effectiveLimit,
	mayUse,
	resolveCollection,
} from "./collection.ts";
import { resolveDatasource } from "./resolve.ts";
import { hasRole, type Roles } from "./roles.ts";
import type { User } from "./user.ts";

const now = new Date("2026-11-20T12:00:00Z");
const user: User = {
	id: "1",
	username: "ann",
	realm: "uni",
	roles: ["default", "staff"],
	attributes: {},
};

describe("roles", () => {
	test.each<[Roles, boolean]>([
		["staff", true],
		[["admin", "staff"], true],
		[["admin"], false],
		[[], false],
		[{}, false],
		[{ uni: ["staff"] }, true],
		[{ uni: "staff" }, true],
		[{ uni: ["admin"] }, false],
		[{ uni: ["default"] }, true],
		[{ other: ["staff"] }, false],
	])("%j admits a member of staff: %j", (roles, admitted) => {
		expect(hasRole(user, roles)).toBe(admitted);
	});

	test("a realm named like a property of every object admits nobody", () => {
		expect(
			hasRole({ ...user, realm: "constructor" }, { uni: ["default"] }),
		).toBe(false);
	});
});

describe("limits of a user", () => {
	const perRole = {
		"per-user": 6,
		"per-role": {
			uni: { default: 2, staff: 10, power: 99 },
			other: { staff: 50 },
		},
	};
	test.each([
		[{}, user, 0],
		[{ "per-user": 6 }, user, 6],
		[perRole, user, 10],
		[perRole, { ...user, roles: ["default"] }, 2],
		[perRole, { ...user, roles: [] }, 6],
		[perRole, { ...user, realm: "elsewhere" }, 6],
		[perRole, { ...user, realm: "constructor", roles: ["name"] }, 6],
	])("%j", (limits, who, limit) => {
		expect(effectiveLimit(limits, who)).toBe(limit);
	});
});

describe("datasources of a collection", () => {
	const definitions = {
		base: {
			type: "grib",
			match: { class: ["od"], stream: ["oper"] },
			path: ["a"],
			pace: 5,
		},
		second: { match: { stream: ["enfo"] } },
		disk: { parents: ["base", "second"], path: ["b"], repr: "the disk" },
		left: { type: "echo", parents: ["base"] },
		diamond: { parents: ["left", "base"] },
		a: { parents: ["b"] },
		b: { parents: ["a"] },
		orphan: { parents: ["nobody"] },
		bare: { path: ["x"] },
	};

	test("parents lie below, later ones above earlier ones, lists replace", () => {
		expect(resolveDatasource("disk", definitions)).toEqual({
			name: "disk",
			type: "grib",
			repr: "the disk",
			match: { class: ["od"], stream: ["enfo"] },
			settings: { path: ["b"], pace: 5 },
		});
	});

	test("a collection narrows, adds and deletes, also what comes from a parent", () => {
		const entry = {
			name: "disk",
			match: { class: ["ei"], stream: null, expver: 1 },
			repr: null,
			roles: { uni: "x" },
		};
		expect(resolveDatasource(entry, definitions)).toEqual({
			name: "disk",
			type: "grib",
			roles: { uni: "x" },
			match: { class: ["ei"], expver: 1 },
			settings: { path: ["b"], pace: 5 },
		});
		expect(
			resolveDatasource({ name: "disk", match: null }, definitions).match,
		).toBeUndefined();
	});

	test("one parent by two ways is no circle", () => {
		expect(resolveDatasource("diamond", definitions).type).toBe("grib");
	});

	test.each<[string | Record<string, unknown>, string]>([
		[{ type: "echo" }, "Datasource config must contain a 'name' key"],
		["nobody", "Could not find config for datasource nobody"],
		["toString", "Could not find config for datasource toString"],
		["orphan", "Parent datasource 'nobody' not found in global config."],
		["a", "Datasource b has circular parent reference to a"],
		["bare", "Datasource bare has no type"],
		[
			{ name: "base", match: { class: { a: 1 } } },
			"match rule for key 'class'",
		],
		[{ name: "base", match: "od" }, "'match' is not a map"],
		[{ name: "base", roles: 3 }, "'roles' is neither"],
		[{ name: "base", patch: [] }, "'patch' is not a map"],
	])("%j", (entry, reason) => {
		expect(() => resolveDatasource(entry, definitions)).toThrow(reason);
	});
});

describe("which datasource", () => {
	const definitions = {
		broken: { type: "grib", match: { step: ["x"] } },
		old: { type: "grib", match: { class: ["od"], date: [">30d"] } },
		all: { type: "echo", repr: "everything" },
	};
	const collection = (datasources: readonly string[]) =>
		resolveCollection("x", { datasources }, definitions, false);

	test("takes the first that matches, past one that is misconfigured", () => {
		const taken = chooseDatasource(
			collection(["broken", "old", "all"]),
			{ class: "rd", step: "1" },
			user,
			now,
		);
		expect(taken).toMatchObject({
			matched: true,
			datasource: { name: "all" },
			request: { class: "rd", step: "1" },
		});
	});

	test("tells why each does not", () => {
		expect(
			chooseDatasource(
				collection(["old", "old"]),
				{ class: "od", date: "20261119" },
				user,
				now,
			),
		).toEqual({
			matched: false,
			message:
				"No matching datasource found for request:\n" +
				"Skipping datasource old: Date is too recent, expected < 20261021.\n" +
				"Skipping datasource old: Date is too recent, expected < 20261021.",
		});
	});

	test("without roles a collection is for nobody, unless it is open by default", () => {
		expect(mayUse(collection(["all"]), user)).toBe(false);
		expect(
			mayUse(
				resolveCollection("x", { datasources: ["all"] }, definitions, true),
				user,
			),
		).toBe(true);
	});
});
