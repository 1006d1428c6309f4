import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { StagingContext, StagingImpl } from "../context.ts";

/** Streams what lies here. Of an object only key, length and time: the rest would mean to open each, see Stat. */
export const list = ({ objects }: StagingContext): StagingImpl["list"] =>
	async function* () {
		for await (const { key, length, createdAt } of objects.list()) {
			const value = {
				key,
				length: BigInt(length),
				createdAt: timestampFromMs(createdAt),
			};
			yield { entry: { case: "object", value } };
		}
		for await (const { key, length, modifiedAt } of objects.listUploads()) {
			const value = {
				key,
				length: BigInt(length),
				modifiedAt: timestampFromMs(modifiedAt),
			};
			yield { entry: { case: "upload", value } };
		}
	};
