import { timestampDate } from "@bufbuild/protobuf/wkt";
import type { CollectorContext } from "./collector.ts";

/** Keys asked about at once. */
const BATCH = 500;
/** Milliseconds for a listing of all that is staged: 10⁶ objects take a minute or two. */
const LIST_MS = 15 * 60_000;

/** Objects and uploads that no request knows of: results of dead attempts, uploads cut short. */
export async function removeDangling(ctx: CollectorContext): Promise<number> {
	const old = ctx.clock.now() - ctx.danglingAgeMs;
	let removed = 0;
	let keys: string[] = [];
	const flush = async (): Promise<void> => {
		removed += await removeUnreferenced(ctx, keys);
		keys = [];
	};
	for await (const { entry } of ctx.staging.list({}, { timeoutMs: LIST_MS })) {
		const at =
			entry.case === "object"
				? entry.value.createdAt
				: entry.case === "upload"
					? entry.value.modifiedAt
					: undefined;
		if (
			entry.value === undefined ||
			at === undefined ||
			timestampDate(at).getTime() > old
		)
			continue;
		keys.push(entry.value.key);
		if (keys.length >= BATCH) await flush();
	}
	await flush();
	return removed;
}

async function removeUnreferenced(
	{ store, staging }: CollectorContext,
	keys: readonly string[],
): Promise<number> {
	if (keys.length === 0) return 0;
	const { referenced } = await store.referenced({ keys: [...keys] });
	const known = new Set(referenced);
	const dangling = keys.filter((key) => !known.has(key));
	for (const key of dangling) await staging.abort({ key });
	await staging.delete({ keys: dangling });
	return dangling.length;
}
