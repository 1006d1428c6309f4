import { Problem } from "./problem.ts";

/** 501 is one of the few 5xx that clients show at once instead of trying again for minutes. */
export const NOT_BUILT = new Problem(
	501,
	"Archiving is not available on this server yet; it serves retrievals",
);
