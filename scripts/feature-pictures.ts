import { writeFileSync } from "node:fs";
import { pictures } from "./pictures/pictures.ts";

// Writes docs/pictures/feature-*.svg from the requests of docs/features; test/docs/features.test.ts fails while one is stale.
for (const { file, svg } of await pictures()) writeFileSync(file, svg);
