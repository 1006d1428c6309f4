import type { Fields } from "./fields.ts";
import { numberOf } from "./fields.ts";
import { signed, text, uint } from "./octets.ts";

/**
 * A layout says which fields follow each other in a section. Its source form, in the tables, is a list of
 * `name:octets` (`s` signed, `a` text, `b` opaque, `-` to skip), `@fragment`, and objects that repeat, test or pad.
 */
export type LayoutItem =
	| string
	| { repeat: string; fields: LayoutItem[] }
	| { if: string; then: LayoutItem[]; else?: LayoutItem[] }
	| { padTo: string }
	| { padToMultiple: string };

/** Reads fields from `at` on into `fields`; answers the place after them. Fields past the end do not exist. */
export type Layout = (bytes: Uint8Array, at: number, fields: Fields) => number;

type Fragments = Readonly<Record<string, readonly LayoutItem[]>>;

/** Layouts that count under another name than their count field has. */
const countAlias: Readonly<Record<string, string>> = {
	numberOfContributingSpectralBands: "NB",
};

/** Names used as numbers in the tests of layouts: ECMWF's ocean stream and perturbed type of local definition 9. */
const constants: Readonly<Record<string, number>> = {
	oceanStream: 1090,
	perturbedType: 60,
};

/** Turns a list from the tables into a reader; `sectionStart` is what octet numbers of `padTo` count from. */
export function compileLayout(
	items: readonly LayoutItem[],
	fragments: Fragments = {},
): Layout {
	const steps = items.map((item) => compileItem(item, fragments));
	return (bytes, start, fields) => {
		let at = start;
		for (const step of steps) at = step(bytes, at, fields);
		return at;
	};
}

function compileItem(item: LayoutItem, fragments: Fragments): Layout {
	if (typeof item === "string") {
		return item.startsWith("@")
			? compileLayout(fragments[item.slice(1)] ?? [], fragments)
			: compileField(item);
	}
	if ("repeat" in item)
		return compileRepeat(item.repeat, compileLayout(item.fields, fragments));
	if ("if" in item) {
		const then = compileLayout(item.then, fragments);
		const otherwise = compileLayout(item.else ?? [], fragments);
		return (bytes, at, fields) =>
			(holds(item.if, fields) ? then : otherwise)(bytes, at, fields);
	}
	if ("padTo" in item) {
		const octet = Number.parseInt(item.padTo.replace(/\D+/, ""), 10);
		return (_bytes, at) => Math.max(at, octet);
	}
	return (_bytes, at) => at;
}

function compileField(spec: string): Layout {
	const [name = "", size = ""] = spec.split(":");
	const form = /^[sabf]/.test(size) ? size.charAt(0) : "u";
	const octets = Number.parseInt(size.replace(/^\D/, ""), 10);
	if (name === "-" || form === "b") return (_bytes, at) => at + octets;
	const optional =
		name.startsWith("scaleFactorOf") || name.startsWith("scaledValueOf");
	const missing = 256 ** octets - 1;
	return (bytes, at, fields) => {
		if (at + octets > bytes.length) return at + octets;
		if (form === "a")
			fields.set(name, text(bytes, at, octets).replace(/\0.*$/s, ""));
		else if (optional && uint(bytes, at, octets) === missing)
			fields.set(name, null);
		else
			fields.set(
				name,
				form === "s" ? signed(bytes, at, octets) : uint(bytes, at, octets),
			);
		return at + octets;
	};
}

/** The last round's values stay, as a key of a loop means its last round; `<count>@` notes where the loop began. */
function compileRepeat(countName: string, body: Layout): Layout {
	const name = countAlias[countName] ?? countName;
	return (bytes, start, fields) => {
		fields.set(`${name}@`, start);
		const count = numberOf(fields, name) ?? 0;
		let at = start;
		for (let i = 0; i < count && at < bytes.length; i++)
			at = body(bytes, at, fields);
		return at;
	};
}

function holds(test: string, fields: Fields): boolean {
	const value = (name: string) =>
		constants[name] ??
		(/^\d+$/.test(name) ? Number(name) : numberOf(fields, name));
	const length = numberOf(fields, "section4Length") ?? 0;
	if (test.includes("4*NV"))
		return length - 4 * (numberOf(fields, "NV") ?? 0) === 45;
	const [, left = "", operator, right = ""] =
		/^(?:new\(\) \|\| )?(\w+) *(?:(==|!=|>) *(\w+))?$/.exec(test) ?? [];
	const a = value(left);
	const b = value(right);
	if (operator === "==") return a === b;
	if (operator === "!=") return a !== b;
	if (operator === ">") return (a ?? 0) > (b ?? 0);
	return (a ?? 0) !== 0;
}
