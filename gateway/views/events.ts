import { z } from "zod";
import { type Request, Status } from "../../gen/polytope/store/v1/store_pb.js";
import { isFinal } from "../../services/platform/lifecycle.ts";
import { secondsSchema, transitionView } from "./request.ts";

/** Data of a `status` event: one entry of the history. The event's id is its number there. */
export const statusEventSchema = z.object({
	status: z.string(),
	at: secondsSchema,
	attempt: z.int(),
	reason: z.string(),
});

/** Data of a `progress` event. It has no id: progress is not told again. */
export const progressEventSchema = z.object({
	attempt: z.int(),
	bytes: z.number(),
	fields: z.number(),
});

/** Data of the `end` event, the last one. */
export const endEventSchema = statusEventSchema.extend({
	message: z.string(),
	location: z.url().describe("Where to ask for the result."),
});

/** What a listener was told: how many entries of the history, and the last progress. */
export interface Told {
	readonly entries: number;
	readonly progress: string;
}

/** What there is to tell a listener. */
export interface News {
	/** In the wire format of server-sent events; empty: nothing. */
	readonly text: string;
	readonly told: Told;
	/** Nothing comes after this. */
	readonly ended: boolean;
}

/**
 * What a listener has not been told: every entry of the history, and of progress the newest. Pure.
 *
 * @param location of the request
 */
export function newsOf(request: Request, told: Told, location: string): News {
	const { history } = request;
	const ended = isFinal(request.status);
	// A history is only ever added to; whoever was told more was told by somebody else.
	const from = told.entries > history.length ? 0 : told.entries;
	const steps = history.slice(from).map((entry, index) => {
		const id = from + index + 1;
		const data = transitionView(entry);
		return ended && id === history.length
			? event("end", { ...data, message: request.userMessage, location }, id)
			: event("status", data, id);
	});
	const progress = progressOf(request);
	if (progress !== "" && progress !== told.progress) steps.push(progress);
	return {
		text: steps.join(""),
		told: { entries: history.length, progress },
		ended,
	};
}

function progressOf(request: Request): string {
	const { status, attempt, progressBytes, progressFields } = request;
	if (status !== Status.PROCESSING) return "";
	if (progressBytes === 0n && progressFields === 0n) return "";
	return event("progress", {
		attempt,
		bytes: Number(progressBytes),
		fields: Number(progressFields),
	});
}

/** JSON text has no line breaks, which would end an event. */
const event = (name: string, data: unknown, id?: number): string =>
	`${id === undefined ? "" : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
