import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { type Answer, type Ask, type Asked, saidIn } from "./http.ts";
import type { Journal } from "./journal.ts";
import { keyOf, type Task } from "./tasks.ts";

/** How a task ended, as its client saw it. */
export interface Seen {
	readonly task: Task;
	/** Undefined: it was never accepted. */
	readonly id?: string;
	/** Whether the server said that it took it back. */
	readonly revoked?: "yes" | "perhaps";
	readonly end: "processed" | "failed" | "gone" | "never";
	/** Where its result lies; each look must find the same there. */
	readonly location?: string;
	readonly sha256?: string;
	readonly message?: string;
}

export interface Client {
	readonly url: string;
	readonly ask: Ask;
	readonly journal: Journal;
	/** Ends all patience. */
	readonly signal: AbortSignal;
}

/** Longer than any answer takes of a server that is well; ms. */
const TIMEOUT_MS = 8_000;
const HELD_S = 4;
/** What is said while something of the server is away: try again. */
const AWAY = [502, 503, 504];
const AGAIN_MS = 250;

/** Asks until it is answered, by whichever replica. @throws the signal's reason */
export async function insist(
	client: Client,
	url: string,
	asked: Omit<Asked, "timeoutMs">,
): Promise<Answer> {
	for (;;) {
		client.signal.throwIfAborted();
		const answer = await client.ask(url, { ...asked, timeoutMs: TIMEOUT_MS });
		if (answer !== undefined && !AWAY.includes(answer.code)) {
			if (answer.code < 500) return answer;
			client.journal.violation(
				`${asked.method ?? "GET"} ${url}: ${answer.code} ${answer.text}`,
			);
		}
		await pause(AGAIN_MS);
	}
}

const headersOf = ({ user }: Task) => ({
	authorization: `Bearer ${keyOf(user)}`,
});

/** Does what a task says, as polytope-client speaks: submit, poll, fetch; sometimes revoke. */
export async function perform(client: Client, task: Task): Promise<Seen> {
	try {
		return await (task.data === undefined
			? retrieve(client, task)
			: archive(client, task, task.data));
	} catch (reason) {
		if (!client.signal.aborted) throw reason;
		client.journal.violation(
			`task ${task.index} (${task.collection}): its client lost patience`,
		);
		return { task, end: "never" };
	}
}

async function submit(
	client: Client,
	task: Task,
	verb: string,
): Promise<Answer> {
	const { request, index, idempotent, impatient } = task;
	// Text is what polytope-client makes of a request; archive requests are always objects.
	const form =
		impatient && verb === "retrieve" && typeof request !== "string"
			? Object.entries(request)
					.map(([key, value]) => `${key}: '${value}'\n`)
					.join("")
			: request;
	const answer = await insist(
		client,
		`${client.url}/api/v1/requests/${task.collection}`,
		{
			method: "POST",
			headers: {
				...headersOf(task),
				"content-type": "application/json",
				...(idempotent && { "idempotency-key": `${verb}-${index}` }),
			},
			body: JSON.stringify({ verb, request: form }),
		},
	);
	if (answer.code !== 202)
		client.journal.violation(
			`task ${index} was refused: ${answer.code} ${answer.text}`,
		);
	return answer;
}

const idIn = ({ location }: Answer): string => location.split("/").at(-1) ?? "";

async function retrieve(client: Client, task: Task): Promise<Seen> {
	const from = performance.now();
	const accepted = await submit(client, task, "retrieve");
	if (accepted.code !== 202) return { task, end: "never" };
	const id = idIn(accepted);
	const revoking = revokeLater(client, task, id);
	// Heard below; by nobody when all patience ends before.
	revoking?.catch(() => undefined);
	const polled = await poll(client, task, accepted.location);
	const ready = performance.now();
	const revoked = await revoking;
	if (polled.code !== 303) return ended(task, id, polled, revoked);
	if (revoked === undefined) client.journal.latency(ready - from);
	const content = await insist(client, polled.location, {});
	if (content.code !== 200)
		client.journal.violation(
			`${id}: its result is ready, but fetching it gives ${content.code} ${content.text}`,
		);
	return {
		task,
		id,
		...(revoked && { revoked }),
		end: "processed",
		location: polled.location,
		sha256: content.sha256,
	};
}

function ended(
	task: Task,
	id: string,
	polled: Answer,
	revoked: Seen["revoked"],
): Seen {
	return {
		task,
		id,
		...(revoked && { revoked }),
		end: polled.code === 404 ? "gone" : "failed",
		message: saidIn(polled).message,
	};
}

/** Polls until the request has ended; gives that answer. */
async function poll(
	client: Client,
	task: Task,
	location: string,
): Promise<Answer> {
	const wait = task.impatient ? "" : `?wait=${HELD_S}`;
	let interval = 100;
	for (;;) {
		const answer = await insist(client, location + wait, {
			headers: headersOf(task),
		});
		if (answer.code !== 202) return answer;
		if (task.impatient) await pause(interval);
		interval *= 1.05;
	}
}

const revokeLater = (client: Client, task: Task, id: string) =>
	task.revokeAfterMs === undefined
		? undefined
		: pause(task.revokeAfterMs).then(() => revoke(client, task, id));

async function revoke(
	client: Client,
	task: Task,
	id: string,
): Promise<"yes" | "perhaps" | undefined> {
	const url = `${client.url}/api/v1/requests/${id}`;
	const asked = { method: "DELETE", headers: headersOf(task) };
	for (let time = 0; ; time += 1) {
		client.signal.throwIfAborted();
		const answer = await client.ask(url, { ...asked, timeoutMs: TIMEOUT_MS });
		if (answer?.code === 200) return "yes";
		// An earlier try may have been heard, and its answer lost.
		if (answer?.code === 403 || answer?.code === 404)
			return time > 0 ? "perhaps" : undefined;
		if (answer !== undefined && !AWAY.includes(answer.code))
			client.journal.violation(`revoking ${id}: ${answer.code} ${answer.text}`);
		await pause(AGAIN_MS);
	}
}

async function archive(
	client: Client,
	task: Task,
	data: Buffer,
): Promise<Seen> {
	const accepted = await submit(client, task, "archive");
	if (accepted.code !== 202) return { task, end: "never" };
	const id = idIn(accepted);
	const revoking = revokeLater(client, task, id);
	revoking?.catch(() => undefined);
	const checksum = createHash("md5").update(data).digest("hex");
	const uploaded = await insist(client, accepted.location, {
		method: "POST",
		headers: {
			...headersOf(task),
			"content-type": "application/x-grib",
			"x-checksum": checksum,
		},
		body: data,
	});
	const polled = await poll(client, task, accepted.location);
	const revoked = await revoking;
	if (uploaded.code !== 202 && revoked === undefined)
		client.journal.violation(
			`${id}: its upload was refused: ${uploaded.code} ${uploaded.text}`,
		);
	if (polled.code !== 200) return ended(task, id, polled, revoked);
	return { task, id, ...(revoked && { revoked }), end: "processed" };
}
