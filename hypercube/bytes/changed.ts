import { basename } from "node:path";

/**
 * A file is not what it was when it was indexed: another's offsets would give another's values. The index is brought up
 * to date within seconds: the same may be asked again then. The message does not tell where the file lies; `path` does.
 */
export class ChangedFile extends Error {
	override readonly name = "ChangedFile";
	readonly path: string;

	constructor(path: string, options?: ErrorOptions) {
		super(
			`a file of the archive, ${basename(path)}, has changed since it was indexed`,
			options,
		);
		this.path = path;
	}
}

/** What the file system says of a file that somebody took away is that it has changed; all else remains what it is. */
export function changedIfGone(path: string, error: unknown): unknown {
	const gone =
		error instanceof Error && "code" in error && error.code === "ENOENT";
	return gone ? new ChangedFile(path, { cause: error }) : error;
}
