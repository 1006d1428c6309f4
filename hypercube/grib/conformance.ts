/**
 * Compares what this reader says of GRIB files with what ecCodes says, keys and values: `node conformance.ts FILE…`.
 * Needs a Python with the wheel `eccodes` (`POLYTOPE_PYTHON` names it, `python3` otherwise). Prints every difference,
 * whatever is not supported, and a count; exit code 1 when there is any difference.
 */
import { spawn } from "node:child_process";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type FileSource, openFile } from "../bytes/file.ts";
import { type Message, scan } from "./scan.ts";
import { compareValues } from "./values/compare.ts";

type Keys = Pick<
	Message,
	"offset" | "length" | "keys" | "shortName" | "paramId"
>;
/** What ecCodes says. */
interface Reference extends Keys {
	/** As it names it. */
	readonly packing: string | null;
	/** How many values; null when it cannot decode them. */
	readonly values: number | null;
}
interface Count {
	messages: number;
	keys: number;
	values: number;
	/** Messages by what of them cannot be read. */
	readonly unsupported: Map<string, number>;
	differences: number;
}

/** Messages of a file by this reader, by offset; faults are told but do not count: ecCodes passes over them in silence. */
async function ours(path: string): Promise<Map<number, Message>> {
	const file = await open(path);
	const found = new Map<number, Message>();
	try {
		const { size } = await file.stat();
		const read = async (offset: number, length: number) => {
			const { buffer, bytesRead } = await file.read(
				new Uint8Array(length),
				0,
				length,
				offset,
			);
			return buffer.subarray(0, bytesRead);
		};
		for await (const one of scan({ size, read })) {
			if (one.kind === "message") found.set(one.offset, one);
			else console.log(`${path}@${one.offset}: fault: ${one.reason}`);
		}
	} finally {
		await file.close();
	}
	return found;
}

/** Messages of a file by ecCodes, their values in another file. Throws when Python or its wheel does not work. */
async function theirs(path: string, values: string): Promise<Reference[]> {
	const script = fileURLToPath(new URL("./conformance.py", import.meta.url));
	const python = process.env.POLYTOPE_PYTHON ?? "python3";
	const child = spawn(python, [script, path, values], {
		stdio: ["ignore", "pipe", "inherit"],
	});
	const ended = new Promise<number | null>((resolve, reject) => {
		child.once("error", reject);
		child.once("close", resolve);
	});
	const found: Reference[] = [];
	const lines = (async () => {
		for await (const line of createInterface({ input: child.stdout }))
			found.push(JSON.parse(line) as Reference);
	})();
	const [code] = await Promise.all([ended, lines]);
	if (code !== 0)
		throw new Error(
			`${python} ended with ${code}; is the wheel eccodes installed there?`,
		);
	return found;
}

function compare(
	where: string,
	want: Reference,
	got: Message | undefined,
): string[] {
	if (got === undefined) return [`${where}: not found`];
	const { keys, packing: _packing, values: _values, ...rest } = want;
	const sets = [
		["", rest, got],
		["mars.", keys, got.keys],
	] as const;
	return sets.flatMap(([prefix, left, right]) => {
		const [a, b] = [
			new Map(Object.entries(left)),
			new Map(Object.entries(right)),
		];
		const names =
			prefix === "" ? [...a.keys()] : [...new Set([...a.keys(), ...b.keys()])];
		return (
			names
				// null: ecCodes fails at this key itself, so there is nothing to agree with.
				.filter((name) => a.get(name) !== null && a.get(name) !== b.get(name))
				.map(
					(name) =>
						`${where}: ${prefix}${name}: ecCodes ${a.get(name)}, here ${b.get(name)}`,
				)
		);
	});
}

/** The next values of ecCodes; they lie one message after the other. */
function take(values: FileSource, from: number, count: number): Float64Array {
	const bytes = values.read(from * 8, count * 8);
	if (bytes instanceof Promise) throw new Error("a file answers at once");
	return new Float64Array(new Uint8Array(bytes).buffer);
}

async function compareFile(
	path: string,
	folder: string,
	count: Count,
): Promise<void> {
	const decoded = join(folder, "values");
	const [found, wanted] = await Promise.all([
		ours(path),
		theirs(path, decoded),
	]);
	using source = openFile(path);
	using values = openFile(decoded);
	let from = 0;
	for (const want of wanted) {
		const where = `${path}@${want.offset}`;
		const differences = compare(where, want, found.get(want.offset));
		if (want.values !== null) {
			const truth = take(values, from, want.values);
			const { unsupported, faults } = await compareValues(source, want, truth);
			for (const fault of faults)
				differences.push(`${where}: ${want.packing}: ${fault}`);
			if (unsupported !== undefined) {
				console.log(`${where}: not supported: ${unsupported}`);
				const before = count.unsupported.get(unsupported) ?? 0;
				count.unsupported.set(unsupported, before + 1);
			} else count.values += want.values;
			from += want.values;
		}
		for (const difference of differences) console.log(difference);
		count.messages++;
		count.keys += Object.keys(want.keys).length;
		count.differences += differences.length;
		found.delete(want.offset);
	}
	// ecCodes gives up where a broken message hides the next ones; finding more is no difference.
	for (const { offset } of found.values())
		console.log(`${path}@${offset}: a message that ecCodes does not find`);
}

const paths = process.argv.slice(2);
const count: Count = {
	messages: 0,
	keys: 0,
	values: 0,
	unsupported: new Map(),
	differences: 0,
};
const folder = await mkdtemp(join(tmpdir(), "conformance-"));
try {
	for (const path of paths) await compareFile(path, folder, count);
} finally {
	await rm(folder, { recursive: true });
}
for (const [what, messages] of count.unsupported)
	console.log(`not supported in ${messages} messages: ${what}`);
console.log(
	`${count.messages} messages, ${count.keys} keys, ${count.values} values, ${count.differences} differences in ${paths.length} files`,
);
process.exitCode = count.differences > 0 || paths.length === 0 ? 1 : 0;
