import { hash } from "node:crypto";
import type { Written } from "./objects.ts";

/**
 * Length and checksums of small bytes. Large ones have no MD5: on one processor it is half as fast as the rest of staging
 * together, and it is for show.
 */
export const hashed = (bytes: Uint8Array): Written => ({
	length: bytes.length,
	sha256: hash("sha256", bytes),
	md5: hash("md5", bytes),
});
