import { writeFileSync } from "node:fs";
import { configDocument } from "../services/platform/config/document.ts";

// Writes docs/configuration.md; services/platform/config/document.test.ts fails while it is stale.
writeFileSync(
	new URL("../docs/configuration.md", import.meta.url),
	configDocument(),
);
