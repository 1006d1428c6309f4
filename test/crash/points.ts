import { expect } from "vitest";
import { until } from "../kit/until.ts";
import type { Life } from "./life.ts";

const MIB = 1024 * 1024;

/** A moment of a request's life: brings it about and returns in the midst of it; what is returned runs after the restart. */
export type Point = (life: Life) => Promise<(() => Promise<void>) | undefined>;

const isNow = (life: Life, id: string, status: string) =>
	until(`${id} is ${status}`, async () => (await life.status(id)) === status);

/** Bytes more than there were when it began. */
async function grown(life: Life, bytes: number, begin: () => Promise<unknown>) {
	const before = await life.staged();
	await begin();
	await until(
		`${bytes} bytes more are staged`,
		async () => (await life.staged()) >= before + bytes,
	);
}

const many = (n: number, one: () => Promise<unknown>) =>
	Promise.all(Array.from({ length: n }, one));

/** An open download, of which little has been read. */
async function downloading(life: Life, id: string): Promise<void> {
	const { location } = await life.caller().ended(id);
	const { body } = await fetch(location);
	await body?.getReader().read();
}

export const points: Readonly<Record<string, Point>> = {
	"right after its 202": async (life) => {
		await life.echo();
		return undefined;
	},
	"while its 202 is on the way": async (life) => {
		const key = { "idempotency-key": "asked-before-the-end" };
		const lost = life.caller().submit("echo", "asked twice", key);
		await lost.catch(() => undefined);
		return async () => {
			await life.caller().submit("echo", "asked twice", key);
			const same = (await life.caller().list()).filter(
				(one) => one.user_request === "asked twice",
			);
			expect(same).toHaveLength(1);
		};
	},
	"while 40 submissions are on the way": async (life) => {
		const all = many(40, () => life.echo().catch(() => undefined));
		await until(
			"one is accepted",
			async () => (await life.caller().list()).length > 2,
		);
		life
			.product()
			.kill()
			.catch(() => undefined);
		await all;
		return undefined;
	},
	"while 50 are waiting": async (life) => {
		await life.dummy("stuck", 2);
		await many(50, () => life.echo());
		return undefined;
	},
	"while it waits at its user's limit": async (life) => {
		await life.dummy("narrow", 8);
		const second = await life.dummy("narrow", 1);
		await isNow(life, second, "waiting");
		return undefined;
	},
	"while it is queued": async (life) => {
		await life.dummy("stuck", 2);
		await life.dummy("stuck", 2);
		const third = await life.echo();
		await isNow(life, third, "queued");
		return undefined;
	},
	"while some are waiting, queued and processing": async (life) => {
		await many(8, () => life.dummy("slow", 4));
		const seen = new Set((await life.caller().list()).map((r) => r.status));
		for (const status of ["waiting", "queued"]) expect(seen).toContain(status);
		return undefined;
	},
	"when it was just claimed, before its first byte": async (life) => {
		await isNow(life, await life.dummy("stuck", 1), "processing");
		return undefined;
	},
	"after 2 MiB": async (life) => {
		await grown(life, 2 * MIB, () => life.dummy("slow", 8));
		return undefined;
	},
	"after 8 MiB": async (life) => {
		await grown(life, 8 * MIB, () => life.dummy("slow", 8));
		return undefined;
	},
	"when all its bytes are written": async (life) => {
		await grown(life, 12 * MIB, () => life.dummy("slow", 6));
		return undefined;
	},
	"while two are written": async (life) => {
		await grown(life, 6 * MIB, () => many(2, () => life.dummy("slow", 6)));
		return undefined;
	},
	"right after it was processed": async (life) => {
		await isNow(life, await life.dummy("slow", 1), "processed");
		return undefined;
	},
	"right after its 303": async (life) => {
		expect((await life.caller().ended(await life.echo())).code).toBe(303);
		return undefined;
	},
	"during a long poll": async (life) => {
		const id = await life.dummy("stuck", 2);
		const held = life.caller().poll(id, 20);
		held.catch(() => undefined);
		await isNow(life, id, "processing");
		return () => expect(held).rejects.toThrow();
	},
	"during its download": async (life) => {
		await downloading(life, await life.dummy("slow", 10));
		return undefined;
	},
	"when it has just failed": async (life) => {
		const id = await life.caller().submit("raise", "x");
		life.expectEnd(id, 400);
		await isNow(life, id, "failed");
		return undefined;
	},
	"when it was revoked while it ran": async (life) => {
		const id = await life.dummy("stuck", 3);
		await isNow(life, id, "processing");
		expect(await life.caller().revoke(id)).toBe(200);
		life.expectEnd(id, 400);
		return undefined;
	},
	"when it was revoked while it waited": async (life) => {
		await life.dummy("narrow", 4);
		const second = await life.dummy("narrow", 1);
		await isNow(life, second, "waiting");
		expect(await life.caller().revoke(second)).toBe(200);
		life.expectEnd(second, 404);
		return undefined;
	},
	"while it is drained after SIGTERM": async (life) => {
		await isNow(life, await life.dummy("stuck", 6), "processing");
		process.kill(life.product().pid, "SIGTERM");
		await until("the door is closed", () =>
			fetch(life.product().url).then(
				() => false,
				() => true,
			),
		);
		return undefined;
	},
	"when a start that should heal it is killed too": async (life) => {
		await grown(life, 2 * MIB, () => life.dummy("slow", 6));
		await life.product().kill();
		await life.start();
		return undefined;
	},
};
