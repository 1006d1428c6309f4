import { cp } from "node:fs/promises";
import { join } from "node:path";
import { goModule } from "./go-sources.ts";
import { cached } from "./tools.ts";

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
		await cp(join(await goModule(module), folder), to, {
			recursive: true,
			mode: 0,
		});
	});
}
