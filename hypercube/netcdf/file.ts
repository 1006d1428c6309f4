import { File } from "h5wasm/node";

/** Does something with an open file, which is closed again: chunks are read now and then, and files may be many. */
export function withFile<T>(path: string, use: (file: File) => T): T {
	const file = new File(path, "r");
	try {
		return use(file);
	} finally {
		file.close();
	}
}
