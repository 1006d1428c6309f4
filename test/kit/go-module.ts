import { cp } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { mustRun } from "./command.ts";
import { cached, INSTALL_TIMEOUT } from "./tools.ts";

const answer = z.object({ Dir: z.string() });

/**
 * A folder of a Go module that is not to be built: data that its authors keep there. Kept in the user's cache.
 *
 * @param module with its version pinned: `k8s.io/kubernetes@v1.36.3`
 */
export function goModuleFolder(
	module: string,
	folder: string,
): Promise<string> {
	const name = `${module}/${folder}`.replaceAll(/[^\w.@-]+/g, "_");
	return cached(name, async (to) => {
		const said = await mustRun("go", ["mod", "download", "-json", module], {
			timeout: INSTALL_TIMEOUT,
		});
		const { Dir } = answer.parse(JSON.parse(said));
		await cp(join(Dir, folder), to, { recursive: true, mode: 0 });
	});
}
