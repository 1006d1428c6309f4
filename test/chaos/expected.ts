import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { scan } from "../../hypercube/grib/scan.ts";
import { FIELD } from "../kit/fields.ts";
import { sha256 } from "./tasks.ts";

/** What a request must be answered with, known from the request alone. */
export interface Oracle {
	/** SHA-256 of the content; undefined: there must be none. */
	contentOf(collection: string, posted: string): string | undefined;
	/** Remembers what was archived, so that it can be asked for. */
	archived(request: Readonly<Record<string, string>>, data: Uint8Array): void;
}

/**
 * Knows what is right without asking the server: `echo` gives the text back, `dummy` so many `x`, `sample` the messages
 * that lie in the archive's files, read here by their headers.
 */
export async function openOracle(sampleFolder: string): Promise<Oracle> {
	const fields = await fieldsIn(sampleFolder);
	const archived = new Map<string, string>();
	const dummies = new Map<number, string>();
	const dummy = (size: number): string => {
		const known = dummies.get(size) ?? sha256(Buffer.alloc(size, "x"));
		dummies.set(size, known);
		return known;
	};
	return {
		archived: (request, data) =>
			void archived.set(nameOf(request), sha256(data)),
		contentOf(collection, posted) {
			switch (collection) {
				case "echo":
				case "narrow":
					return sha256(posted);
				case "dummy":
				case "slow":
					return dummy(Number(parsed(posted).size));
				case "sample":
					return sha256(Buffer.concat(wanted(fields, parsed(posted))));
				case "fields":
					return archived.get(nameOf(parsed(posted)));
				default:
					return undefined;
			}
		},
	};
}

/** A request as JSON, or as the YAML that polytope-client makes of it: `key: value`, with or without quotes. */
function parsed(posted: string): Record<string, string> {
	if (posted.startsWith("{")) return JSON.parse(posted);
	return Object.fromEntries(
		posted.split("\n").flatMap((line) => {
			const [, key, value] = /^(\w+): ["']?(.*?)["']?$/.exec(line) ?? [];
			return key === undefined ? [] : [[key, value ?? ""]];
		}),
	);
}

const nameOf = ({ date, step, param }: Readonly<Record<string, string>>) =>
	`${date} ${step} ${param}`;

function wanted(
	fields: ReadonlyMap<string, Buffer>,
	request: Record<string, string>,
): Buffer[] {
	return (request.step ?? "").split("/").map((step) => {
		const field = fields.get(nameOf({ ...request, step }));
		if (field === undefined) throw new Error(`no sample has step ${step}`);
		return field;
	});
}

/** The surface fields of the sample's first forecast. */
async function fieldsIn(folder: string): Promise<Map<string, Buffer>> {
	const found = new Map<string, Buffer>();
	for (const name of await readdir(folder)) {
		if (!name.endsWith(".grib2")) continue;
		const bytes = await readFile(join(folder, name));
		const read = async (offset: number, length: number) =>
			bytes.subarray(offset, offset + length);
		for await (const one of scan({ size: bytes.length, read })) {
			if (one.kind !== "message" || !isWanted(one.keys)) continue;
			const { offset, length, keys, shortName } = one;
			const { date = "", step = "" } = keys;
			found.set(
				nameOf({ date, step, param: shortName ?? "" }),
				bytes.subarray(offset, offset + length),
			);
		}
	}
	return found;
}

const isWanted = (keys: Readonly<Record<string, string>>): boolean =>
	(["stream", "type", "levtype", "date"] as const).every(
		(key) => keys[key] === FIELD[key],
	);
