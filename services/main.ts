import { enableCompileCache } from "node:module";
import { join } from "node:path";

// Kept code, of whoever installed us; where it cannot be written, each start compiles anew. First: what is loaded before
// is compiled each time.
enableCompileCache(
	join(import.meta.dirname, "../node_modules/.cache/compiled"),
);
await import("./process.ts");
