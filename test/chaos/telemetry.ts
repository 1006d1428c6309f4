import { z } from "zod";
import type { Row } from "./database.ts";

const answer = z.array(
	z.object({
		name: z.string(),
		last_24h: z.object({
			processed: z.number(),
			failed: z.number(),
			cancelled: z.number(),
		}),
	}),
);

const STATUSES = ["processed", "failed", "cancelled"] as const;

/** What telemetry counts otherwise than the rows say, by collection and status; by the sample's user, who may read it. */
export async function countedOtherwise(
	door: string,
	rows: readonly Pick<Row, "collection" | "status">[],
): Promise<string[]> {
	const response = await fetch(`${door}/telemetry/v1/collections`, {
		headers: { authorization: `Basic ${btoa("demo:demo")}` },
	});
	if (!response.ok)
		return [`telemetry answers ${response.status} ${await response.text()}`];
	return answer.parse(await response.json()).flatMap(({ name, last_24h }) =>
		STATUSES.flatMap((status) => {
			const there = rows.filter(
				(row) => row.collection === name && row.status === status,
			).length;
			return last_24h[status] === there
				? []
				: [
						`telemetry counts ${last_24h[status]} ${status} of ${name}, there are ${there}`,
					];
		}),
	);
}
