import { writeFileSync } from "node:fs";
import { logsDocument } from "../services/platform/log/document.ts";

// Writes docs/logs.md; services/platform/log/document.test.ts fails while it is stale.
writeFileSync(new URL("../docs/logs.md", import.meta.url), logsDocument());
