import { setTimeout as pause } from "node:timers/promises";
import { Code } from "@connectrpc/connect";
import { sql } from "kysely";
import { Client } from "pg";
import { describe, expect, it } from "vitest";
import { Status } from "../../gen/polytope/store/v1/store_pb.js";
import {
	attemptsOf,
	done,
	LEASE,
	openTestStore,
	type TestStore,
} from "../../test/kit/store.ts";
import { outageOf } from "../platform/postgres/outage.ts";

/** Milliseconds between two cuts, longer and longer: on a busy machine, too, a connection and a statement fit in. */
const PACE = 50;

/** Cuts every connection of the database but its own, again and again, until told to stop. */
async function cutting(test: TestStore, until: () => boolean): Promise<number> {
	const client = new Client(test.database.connection);
	client.on("error", () => undefined);
	await client.connect();
	let cuts = 0;
	for (let round = 1; !until(); round++) {
		const { rows } = await client.query(
			"select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
		);
		cuts += rows.length;
		await pause(PACE * Math.sqrt(round));
	}
	await client.end();
	return cuts;
}

async function life(test: TestStore, at: ReturnType<TestStore["own"]>) {
	const { id } = await test.submit(at);
	// With others of the same moment, when the answer was lost on the way.
	const dispatches = (await test.admit(at, 1)).filter(
		(d) => d.requestId === id,
	);
	const { claimed } = await test.store.claim({
		workerId: at.userId,
		attempts: attemptsOf(dispatches),
		lease: LEASE,
	});
	expect(claimed).toHaveLength(1);
	const settlements = claimed.map((c) =>
		done({ id, attempt: 1, key: c.stagingKey }),
	);
	expect((await test.store.settle({ settlements })).lost).toEqual([]);
	return id;
}

describe("connections that break", () => {
	it("are no more than a delay: nothing is lost, nothing is done twice", async () => {
		await using test = await openTestStore();
		const places = [test.own(), test.own(), test.own()];
		let running = true;
		const cut = cutting(test, () => !running);
		const ids = await Promise.all(
			places.map(async (at) => {
				const made: string[] = [];
				for (let i = 0; i < 15; i++) {
					made.push(await life(test, at));
					// Moves the time: what a lost admission did is found by it.
					test.clock.ms += 1;
				}
				return made;
			}),
		);
		running = false;
		expect(await cut).toBeGreaterThan(0);
		const rows = await test.db
			.selectFrom("request")
			.select(["id", "status", "history"])
			.execute();
		expect(rows.map((row) => row.id).sort()).toEqual(ids.flat().sort());
		for (const { status, history } of rows) {
			expect(status).toBe("processed");
			expect(history).toHaveLength(4);
		}
		expect(await test.healed()).toBe(0);
	}, 30_000);

	it("do not make a cancelled request one that cannot be cancelled", async () => {
		await using test = await openTestStore();
		const at = test.own();
		let running = true;
		const cut = cutting(test, () => !running);
		for (let i = 0; i < 15; i++) {
			const { id } = await test.submit(at);
			const { request } = await test.store.cancel({ id, userId: at.userId });
			expect(request?.status).toBe(Status.CANCELLED);
		}
		running = false;
		await cut;
	}, 30_000);
});

describe("a database that takes no changes", () => {
	it("is an outage that says so; reading goes on", async () => {
		await using test = await openTestStore();
		const at = test.own();
		const { id } = await test.submit(at);
		const { database } = test.database.connection;
		await sql`alter database ${sql.id(database)} set default_transaction_read_only = on`.execute(
			test.db,
		);
		await cutting(test, once());
		await expect(test.submit(at)).rejects.toMatchObject({
			code: Code.Unavailable,
			rawMessage: expect.stringContaining("read-only"),
		});
		expect((await test.get(id)).id).toBe(id);
	});
});

/** False the first time only. */
function once(): () => boolean {
	let asked = 0;
	return () => asked++ > 0;
}

describe("an error of the database", () => {
	const withCode = (code: string) => Object.assign(new Error("x"), { code });

	it.each([
		["40001", true],
		["40P01", true],
		["08006", true],
		["57P01", true],
		["ECONNREFUSED", true],
		["25006", false],
		["53100", false],
		["57014", false],
	])("%s is an outage; in a moment over: %s", (code, passes) => {
		expect(outageOf(withCode(code))?.passes).toBe(passes);
	});

	it.each(["23505", "42P01", "XX000"])("%s is a bug", (code) => {
		expect(outageOf(withCode(code))).toBeUndefined();
	});
});
