import {
	type Choice,
	choices,
	choose,
	type Facts,
	type RawChoice,
} from "./choose.ts";
import { numberOf } from "./fields.ts";
import type { ListBit } from "./parameterlists.ts";
import { codeTables, grib2Tables } from "./tables.ts";

/**
 * The MTG2 switch: which generation of ECMWF's tables a message follows. 0 before (`pre`), 1 after (`post`), 2 after
 * with constituents as an axis of their own (`chem`).
 */
export type Mtg2 = 0 | 1 | 2;

const listNames = ["pre", "post", "chem"] as const;
const listBits: readonly ListBit[] = [1, 2, 4];

/** Whose rules a message follows. */
export interface Rulebook {
	readonly centre: string;
	/** A programme with rules of its own (tigge, s2s, destine …), which then stand in for the centre's. */
	readonly dataset: string | undefined;
	readonly mtg2: Mtg2;
	/** Folders of a search, in its order: of equal entries the last wins. */
	readonly folders: string[];
	readonly bit: ListBit;
}

type Kind =
	| "switch"
	| "viaTables"
	| "levtype"
	| "typeOfLevel"
	| "timespan"
	| "modelName"
	| "postProcessing"
	| "chem";

const compiled = new Map<string, readonly Choice<string>[]>();
let datasets: Choice<string>[] | undefined;

/** Finds whose rules hold; `facts` must know the header's fields already. */
export function rulebook(centre: string, facts: Facts): Rulebook {
	datasets ??= choices(grib2Tables().datasetForLocal);
	const dataset = choose([datasets], facts, true)?.value;
	const folders =
		dataset === undefined ? [centre, "default"] : ["default", dataset];
	const mtg2 = switchOf(folders, facts);
	return { centre, dataset, mtg2, folders, bit: listBits[mtg2] ?? 1 };
}

/** The value of the best line in the lists of one kind; undefined when none holds. */
export function lookUp(
	kind: Kind,
	book: Pick<Rulebook, "folders" | "mtg2">,
	facts: Facts,
): string | undefined {
	const lists = book.folders.map((folder) => listOf(kind, folder, book.mtg2));
	return choose(lists, facts)?.value;
}

function switchOf(folders: string[], facts: Facts): Mtg2 {
	const exception = lookUp("switch", { folders, mtg2: 0 }, facts);
	if (exception !== undefined)
		return exception === "0" ? 0 : exception === "1" ? 1 : 2;
	if (lookUp("viaTables", { folders, mtg2: 0 }, facts) !== "1") return 1;
	const { tablesVersionLimit, chemClasses } = grib2Tables().mtg2;
	if ((numberOf(facts.fields, "tablesVersion") ?? 0) <= tablesVersionLimit)
		return 0;
	const code = String(numberOf(facts.fields, "marsClass"));
	return chemClasses.includes(codeTables().marsClass[code] ?? "") ? 2 : 1;
}

function listOf(
	kind: Kind,
	folder: string,
	mtg2: Mtg2,
): readonly Choice<string>[] {
	const name = `${kind} ${folder} ${mtg2}`;
	let list = compiled.get(name);
	if (list === undefined) {
		list = choices(raw(kind, folder, mtg2));
		compiled.set(name, list);
	}
	return list;
}

function raw(kind: Kind, folder: string, mtg2: Mtg2): readonly RawChoice[] {
	const tables = grib2Tables();
	if (kind === "levtype")
		return tables.levtype[folder]?.[listNames[mtg2]] ?? [];
	if (kind === "switch" || kind === "viaTables")
		return tables.mtg2[kind][folder] ?? [];
	const list = tables[kind][folder] ?? [];
	return kind === "timespan" && folder === "default"
		? [...instants(), ...list]
		: list;
}

/** Templates without an interval have the time span `none`. */
function instants(): RawChoice[] {
	return grib2Tables().timespan.instant.map((template) => [
		"none",
		{ productDefinitionTemplateNumber: template },
	]);
}
