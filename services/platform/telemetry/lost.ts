import { INSTRUMENTS } from "./instruments.ts";

/** Counts what telemetry itself has lost. */
export const countLost = (signal: "spans" | "forwarded", lost: number): void =>
	INSTRUMENTS.dropped.add(lost, { "polytope.signal": signal });
