import { timestampDate } from "@bufbuild/protobuf/wkt";
import type { CollectorContext } from "./collector.ts";

/** Keys asked about at once. */
const BATCH = 500;
/** Milliseconds for a listing of all that is staged: 10⁶ objects take a minute or two. */
const LIST_MS = 15 * 60_000;

/** Of one listing: what is old enough to be looked at. */
interface Old {
	readonly key: string;
	readonly kind: "object" | "upload";
}

/** Objects and uploads that no request knows of: results of dead attempts, uploads cut short, or begun once too often. */
export async function removeDangling(ctx: CollectorContext): Promise<number> {
	const before = ctx.clock.now() - ctx.danglingAgeMs;
	let removed = 0;
	let gathered: Old[] = [];
	const flush = async (): Promise<void> => {
		removed += await removeUnreferenced(ctx, gathered);
		gathered = [];
	};
	for await (const { entry } of ctx.staging.list({}, { timeoutMs: LIST_MS })) {
		if (entry.case === undefined) continue;
		const at =
			entry.case === "object" ? entry.value.createdAt : entry.value.modifiedAt;
		if (at === undefined || timestampDate(at).getTime() > before) continue;
		gathered.push({ key: entry.value.key, kind: entry.case });
		if (gathered.length >= BATCH) await flush();
	}
	await flush();
	return removed;
}

async function removeUnreferenced(
	{ store, staging }: CollectorContext,
	old: readonly Old[],
): Promise<number> {
	if (old.length === 0) return 0;
	const answer = await store.referenced({ keys: old.map(({ key }) => key) });
	const referenced = new Set(answer.referenced);
	const whole = new Set(answer.whole);
	const unknown = old.filter(({ key }) => !referenced.has(key));
	const left = old.filter(
		({ key, kind }) => kind === "upload" && whole.has(key),
	);
	// Aborting leaves objects alone.
	for (const { key } of [...unknown, ...left]) await staging.abort({ key });
	if (unknown.length > 0)
		await staging.delete({ keys: unknown.map(({ key }) => key) });
	return unknown.length + left.length;
}
