import { fault } from "../../platform/faults.ts";
import type { StagingContext, StagingImpl } from "../context.ts";
import { objectMessage, parseUpload } from "./messages.ts";

/** Bytes that may come in one message; larger results are streamed. */
const LARGEST = 1024 * 1024;

/** Stores a small result in one call. */
export const put =
	({ objects, room, known }: StagingContext): StagingImpl["put"] =>
	async (request) => {
		const upload = parseUpload(request);
		const { data } = request;
		if (data.length > LARGEST)
			throw fault(
				"INVALID",
				`Put takes at most ${LARGEST} bytes, not ${data.length}; use Begin, Write and Commit`,
			);
		using held = room.hold();
		held.take(data.length);
		const object = await objects.put(upload, data);
		known.stored(object.key);
		return { object: objectMessage(object) };
	};
