import type { Found } from "./caller.ts";

/** One way to recognise a caller. */
export interface Authenticator {
	readonly realm: string;
	/** Schemes it understands, as they are spelled in challenges. Empty: it takes those who show nothing. */
	readonly schemes: readonly string[];
	/** Whom the credentials belong to; `undefined` when it does not know them, for whatever reason. */
	recognise(scheme: string, value: string): Promise<Found | undefined>;
}
