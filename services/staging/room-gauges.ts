import { INSTRUMENTS } from "../platform/telemetry/instruments.ts";
import type { Objects } from "./objects.ts";

/** Shows how full staging is, until disposed. @param maxBytes beyond which nothing more is taken; 0: no limit */
export function watchRoom(
	objects: Pick<Objects, "usage">,
	maxBytes: number,
): Disposable {
	const stack = new DisposableStack();
	INSTRUMENTS.bytesServed.add(0, {});
	const { stagingUsed, stagingObjects, stagingLimit } = INSTRUMENTS;
	stack.use(stagingUsed.watch(() => [[objects.usage().bytes, {}]]));
	stack.use(stagingObjects.watch(() => [[objects.usage().objects, {}]]));
	stack.use(stagingLimit.watch(() => [[maxBytes, {}]]));
	return stack;
}
