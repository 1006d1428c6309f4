import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { ListResponse } from "../gen/polytope/store/v1/store_pb.js";
import type { Door } from "./context.ts";
import { Problem } from "./problem.ts";
import { requestView } from "./views/request.ts";

const PAGE = 500;
const MOST = 1000;

/**
 * Answers with the caller's requests in a collection (empty: in all). polytope-client reads one answer and knows no
 * pages, so without `limit` it gets all rows, streamed: a page of them is in memory at a time.
 */
export async function listFor(
	door: Door,
	request: FastifyRequest,
	reply: FastifyReply,
	collection: string,
): Promise<FastifyReply> {
	const caller = await door.callers.of(request.raw);
	const base = door.baseOf(request.raw);
	const { limit, after } = pageAsked(request.raw.url ?? "");
	const pageAfter = (afterSeq: bigint): Promise<ListResponse> =>
		door.store.list({
			userId: caller.id,
			collection,
			afterSeq,
			limit: limit ?? PAGE,
		});
	// Read before the status goes out, so that a store that is away is an error and not a broken body.
	const first = await pageAfter(after);
	reply.code(200).header("content-type", "application/json");
	if (limit === undefined && first.nextSeq !== 0n)
		return reply.send(
			Readable.from(textOf(first, pageAfter, base), { objectMode: false }),
		);
	if (first.nextSeq !== 0n)
		reply.header(
			"link",
			`<${base}${pathOf(request)}?limit=${limit}&cursor=${first.nextSeq}>; rel="next"`,
		);
	return reply.send(Buffer.from(`{"message": [${recordsOf(first, base)}]}`));
}

async function* textOf(
	first: ListResponse,
	pageAfter: (seq: bigint) => Promise<ListResponse>,
	base: string,
): AsyncGenerator<string> {
	yield `{"message": [${recordsOf(first, base)}`;
	for (let { nextSeq } = first; nextSeq !== 0n; ) {
		const page = await pageAfter(nextSeq);
		const text = recordsOf(page, base);
		if (text !== "") yield `,\n${text}`;
		nextSeq = page.nextSeq;
	}
	yield "]}";
}

const recordsOf = ({ requests }: ListResponse, base: string): string =>
	requests
		.filter(({ hidden }) => !hidden)
		.map((request) => JSON.stringify(requestView(request, base)))
		.join(",\n");

const pathOf = (request: FastifyRequest): string =>
	(request.raw.url ?? "").replace(/\?.*$/s, "");

/** @throws Problem 400 */
export function pageAsked(url: string): {
	readonly limit: number | undefined;
	readonly after: bigint;
} {
	const mark = url.indexOf("?");
	const query = new URLSearchParams(mark === -1 ? "" : url.slice(mark));
	const limit = whole(query, "limit");
	if (limit !== undefined && (limit < 1n || limit > MOST))
		throw new Problem(400, `'limit' must be from 1 to ${MOST}`);
	const after = whole(query, "cursor") ?? 0n;
	if (after >= 2n ** 63n) throw new Problem(400, "'cursor' is not one of ours");
	return { limit: limit === undefined ? undefined : Number(limit), after };
}

function whole(query: URLSearchParams, name: string): bigint | undefined {
	const [text, ...more] = query.getAll(name);
	if (text === undefined) return undefined;
	if (more.length > 0 || !/^\d{1,19}$/.test(text))
		throw new Problem(400, `'${name}' must be given once, as a whole number`);
	return BigInt(text);
}
