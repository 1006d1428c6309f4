import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeWithUs } from "./guard.ts";

/** A new, empty folder; disposing removes it, as does the end of this process, however that comes. */
export interface TemporaryFolder extends AsyncDisposable {
	readonly path: string;
}

/**
 * @param name what its name begins with, for people who look into the temporary folder
 * @param base where it is made instead
 */
export async function temporaryFolder(
	name: string,
	base = tmpdir(),
): Promise<TemporaryFolder> {
	const path = await mkdtemp(join(base, `polytope-${name}-`));
	const removal = removeWithUs(path);
	return {
		path,
		async [Symbol.asyncDispose]() {
			// Who was ended may still be writing for a moment.
			await rm(path, { recursive: true, force: true, maxRetries: 10 });
			removal.done();
		},
	};
}
