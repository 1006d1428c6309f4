import { create } from "@bufbuild/protobuf";
import {
	ArrivedPartsSchema,
	type PartsTarget,
} from "../../gen/polytope/staging/v1/staging_pb.js";
import { fault } from "../platform/faults.ts";
import { sendParts } from "../platform/send-parts.ts";
import { callPatiently } from "./call-patiently.ts";
import type { Sending, SentResult } from "./sending.ts";

/** Parts on their way at once. With the one that is being gathered, four are in memory. */
const IN_FLIGHT = 3;
/** Addresses that are fetched at once. */
const ADDRESSES = 64;

/** Bytes straight to S3, in parts, to addresses that staging hands out: there are no credentials here. */
export async function sendPresigned(
	{ staging, key, chunks, signal, patienceMs, permits }: Sending,
	{ uploadId, partSize, urls }: PartsTarget,
): Promise<SentResult> {
	const known = new Map(urls.map((url, at) => [at + 1, url]));
	const fetching = new Map<number, Promise<void>>();
	async function fetchFrom(first: number, count: number): Promise<void> {
		const asked = { key, uploadId, first, count };
		const { urls: more } = await callPatiently({ patienceMs, signal }, () =>
			staging.parts(asked, { signal }),
		);
		for (const [at, url] of more.entries()) known.set(first + at, url);
	}
	async function urlOf(part: number, again: boolean): Promise<string> {
		if (again) await fetchFrom(part, 1);
		if (!known.has(part)) {
			const first = part - ((part - 1) % ADDRESSES);
			const count = Math.min(ADDRESSES, Math.max(1, 10_000 - first + 1));
			const fetch = fetching.get(first) ?? fetchFrom(first, count);
			fetching.set(first, fetch);
			await fetch;
		}
		const url = known.get(part);
		if (url === undefined)
			throw fault("UNAVAILABLE", "staging gave no address");
		known.delete(part);
		return url;
	}
	const sent = await sendParts(chunks, {
		partSize: Number(partSize),
		inFlight: IN_FLIGHT,
		urlOf,
		permits,
		patienceMs,
		signal,
	});
	const etags = sent.parts.map(({ etag }) => etag);
	return {
		length: BigInt(sent.length),
		sha256: sent.sha256,
		arrived: {
			case: "parts",
			value: create(ArrivedPartsSchema, { uploadId, etags }),
		},
	};
}
