import { readFileSync } from "node:fs";

/** What both ends of a mutually authenticated connection hold, PEM. */
export interface Tls {
	readonly ca: Buffer;
	readonly cert: Buffer;
	readonly key: Buffer;
}

/** Reads the files that the configuration names. @throws Error of the file system */
export const readTls = (files: {
	readonly ca: string;
	readonly cert: string;
	readonly key: string;
}): Tls => ({
	ca: readFileSync(files.ca),
	cert: readFileSync(files.cert),
	key: readFileSync(files.key),
});
