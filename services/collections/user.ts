/** Who is asking, as identity found out. */
export interface User {
	readonly id: string;
	readonly username: string;
	readonly realm: string;
	readonly roles: readonly string[];
	/** May hold secrets: never logged. */
	readonly attributes: Readonly<Record<string, string>>;
}
