import { readFileSync, writeFileSync } from "node:fs";
import { withInstruments } from "../services/platform/telemetry/document.ts";

// Writes the table in docs/metrics.md; services/platform/telemetry/document.test.ts fails while it is stale.
const page = new URL("../docs/metrics.md", import.meta.url);
writeFileSync(page, withInstruments(readFileSync(page, "utf8")));
