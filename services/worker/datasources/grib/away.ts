import { ChangedFile } from "../../../../hypercube/bytes/changed.ts";
import { RemoteError } from "../../../../hypercube/bytes/range.ts";
import { DatasourceError } from "../datasource.ts";

/** What users may read of a server that does not answer, or of a file that is not what it was; all else as it is. */
export function told(reason: unknown): unknown {
	if (reason instanceof ChangedFile)
		return new DatasourceError(reason.message, { retry: true, cause: reason });
	if (reason instanceof RemoteError)
		return new DatasourceError(reason.message, {
			retry: reason.temporary,
			cause: reason,
		});
	return reason;
}

/** The same of what a stream fails with. */
export async function* toldOf(
	stream: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
	try {
		yield* stream;
	} catch (reason) {
		throw told(reason);
	}
}
