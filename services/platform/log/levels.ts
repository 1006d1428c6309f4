/** How much is logged: this level and all that are graver. */
export const LEVELS = ["debug", "info", "warn", "error"] as const;

export type Level = (typeof LEVELS)[number];

/** A level as it is called in a configuration or by an operator; undefined for any other text. */
export const levelOf = (text: string): Level | undefined =>
	LEVELS.find((level) => level === text.toLowerCase());

/** The levels of a process's roles; they may be changed while it runs. */
export interface Levels {
	/** Of each role, and as `process` of what roles hold in common. */
	all(): Readonly<Record<string, string>>;
	/**
	 * @param role undefined: all
	 * @param level undefined: as configured
	 * @returns whether there is such a role
	 */
	set(role: string | undefined, level: Level | undefined): boolean;
}
