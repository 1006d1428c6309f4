import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes a folder and those above it. Level by level: Node's own `recursive` tries for ever where the system says of a
 * folder that is there that it is not, as /proc does.
 *
 * @throws Error that names the folder which cannot be made, and says why
 */
export async function makeFolder(path: string): Promise<void> {
	if (await isFolder(path)) return;
	const parent = dirname(path);
	if (parent !== path) await makeFolder(parent);
	try {
		await mkdir(path);
	} catch (cause) {
		// Another process may have been faster.
		if (await isFolder(path)) return;
		const why = cause instanceof Error ? cause.message : String(cause);
		throw new Error(
			`the folder ${path} cannot be made (${why}): choose another one with --data`,
			{ cause },
		);
	}
}

const isFolder = (path: string): Promise<boolean> =>
	stat(path).then(
		(found) => found.isDirectory(),
		() => false,
	);
