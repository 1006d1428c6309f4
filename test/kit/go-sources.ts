import { chmod, cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { mustRun } from "./command.ts";

const answer = z.object({ Dir: z.string() });
const DOWNLOAD_MS = 600_000;

/** The folder into which Go has put a module, with its version pinned. Nobody may write there. */
export async function goModule(module: string): Promise<string> {
	const said = await mustRun("go", ["mod", "download", "-json", module], {
		timeout: DOWNLOAD_MS,
	});
	return answer.parse(JSON.parse(said)).Dir;
}

/**
 * The sources of a Go module in a folder of their own, where `go build` takes its go.mod as that of the main module:
 * what it replaces then counts. Disposing removes them.
 *
 * @param module with its version pinned
 */
export async function goSources(
	module: string,
): Promise<{ readonly folder: string } & AsyncDisposable> {
	const folder = await mkdtemp(join(tmpdir(), "polytope-go-"));
	await cp(await goModule(module), folder, { recursive: true });
	// Go keeps modules read-only; whoever removes these must be able to.
	await chmod(folder, 0o755);
	for (const entry of await readdir(folder, {
		recursive: true,
		withFileTypes: true,
	}))
		if (entry.isDirectory())
			await chmod(join(entry.parentPath, entry.name), 0o755);
	return {
		folder,
		[Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
	};
}
