/** In which widths usage is kept; each is counted from the one before. */
export const WIDTHS = ["minute", "hour", "day"] as const;
export type Width = (typeof WIDTHS)[number];

export const WIDTH_MS: Readonly<Record<Width, number>> = {
	minute: 60_000,
	hour: 3_600_000,
	day: 86_400_000,
};

/** How long each is kept, in milliseconds. */
export type Kept = Readonly<Record<Width, number>>;

/** Begin of the minute, hour or day (UTC) of a time, ms since 1970. */
export const beginOf = (width: Width, ms: number): number =>
	ms - (ms % WIDTH_MS[width]);
