import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

/** Generates the code of all contracts anew beside the committed one and says what differs. */
const root = join(import.meta.dirname, "..");
const fresh = mkdtempSync(join(tmpdir(), "polytope-gen-"));
try {
	execFileSync("buf", ["generate", "--output", fresh], {
		cwd: root,
		stdio: "inherit",
	});
	const differing = differences(join(root, "gen"), join(fresh, "gen"));
	if (differing.length > 0) {
		console.error(
			`gen/ is not what the contracts (inputs of buf.gen.yaml) say; run \`npm run gen\` and commit:\n${differing.join("\n")}`,
		);
		process.exitCode = 1;
	}
} finally {
	rmSync(fresh, { recursive: true });
}

function differences(committed: string, generated: string): string[] {
	const read = (folder: string): Map<string, string> =>
		new Map(
			readdirSync(folder, { recursive: true, withFileTypes: true })
				.filter((entry) => entry.isFile())
				.map((entry) => join(entry.parentPath, entry.name))
				.map((path) => [relative(folder, path), readFileSync(path, "utf8")]),
		);
	const [old, now] = [read(committed), read(generated)];
	return [...new Set([...old.keys(), ...now.keys()])]
		.filter((path) => old.get(path) !== now.get(path))
		.sort();
}
