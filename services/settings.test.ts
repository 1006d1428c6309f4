import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readSettings } from "./settings.ts";

const read = async (text: string) => {
	await using folder = await mkdtempDisposable(join(tmpdir(), "settings-"));
	const file = join(folder.path, "mine.yaml");
	await writeFile(file, text);
	return readSettings({ files: [file], env: {} });
};

test("the sample configuration is valid as it is", () => {
	const { config, warnings } = readSettings({ files: [], env: {} });
	expect(Object.keys(config.collections)).toHaveLength(5);
	expect(warnings).toEqual([]);
});

test("what only shows when collections are put together is said before anything starts", async () => {
	const parents = `
datasources:
  a: {type: echo, parents: [b]}
  b: {type: echo, parents: [a]}
collections: {mine: {datasources: [a]}}
`;
	await expect(read(parents)).rejects.toThrow(/configuration has errors:\n.*a/);
});
