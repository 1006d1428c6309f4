import { codeTables, type RawRule } from "./tables.ts";

/** The MARS keys of a message while they are being worked out. */
export type Keys = Record<string, string>;

/** What rules ask about a message. */
export interface RuleFacts {
	readonly keys: Keys;
	/** A named source (a field, or something derived); undefined when the message does not have it. */
	readonly source: (name: string) => string | undefined;
	/** A test such as `class`, `mtg2`, `localNumber`: whether one of the values holds. */
	readonly test: (name: string, values: readonly unknown[]) => boolean;
}

type Action = (facts: RuleFacts) => void;

let rules: Map<string, readonly Action[]> | undefined;

/** Changes the keys as the rule of this stream and type says; a pair without a rule changes nothing. */
export function applyStreamType(
	stream: string,
	type: string,
	facts: RuleFacts,
): void {
	rules ??= compileRules();
	for (const action of rules.get(`${stream}.${type}`) ?? []) action(facts);
}

/** Runs a list of actions such as `["date=dateOfAnalysis", "-domain"]` from the tables of local definitions. */
export function applyActions(
	actions: readonly RawRule[] | undefined,
	facts: RuleFacts,
): void {
	for (const raw of actions ?? []) compileAction(raw)(facts);
}

function compileRules(): Map<string, readonly Action[]> {
	const compiled = new Map<string, readonly Action[]>();
	for (const [pairs, raw] of codeTables().streamType.rules) {
		const actions = raw.map(compileAction);
		for (const pair of pairs.split(" ")) compiled.set(pair, actions);
	}
	return compiled;
}

function compileAction(raw: RawRule): Action {
	if (typeof raw !== "string") return compileBranch(raw);
	if (raw.startsWith("-")) {
		const key = raw.slice(1);
		return ({ keys }) => {
			delete keys[key];
		};
	}
	const cut = raw.indexOf("=");
	return compileSet(raw.slice(0, cut), raw.slice(cut + 1));
}

function compileBranch(raw: Exclude<RawRule, string>): Action {
	const then = raw.then.map(compileAction);
	const otherwise = (raw.else ?? []).map(compileAction);
	const test = compileTest(raw.if);
	return (facts) => {
		for (const action of test(facts) ? then : otherwise) action(facts);
	};
}

function compileTest(
	conditions: Readonly<Record<string, unknown>>,
): (facts: RuleFacts) => boolean {
	const parts = Object.entries(conditions).map(([name, value]) => {
		if (name === "not") {
			const inner = compileTest(value as Readonly<Record<string, unknown>>);
			return (facts: RuleFacts) => !inner(facts);
		}
		return (facts: RuleFacts) => facts.test(name, value as readonly unknown[]);
	});
	return (facts) => parts.every((part) => part(facts));
}

/** A source that the message does not have takes the key away. */
function compileSet(key: string, source: string): Action {
	const value = compileSource(source);
	return (facts) => {
		const text = value(facts);
		if (text === undefined) delete facts.keys[key];
		else facts.keys[key] = text;
	};
}

function compileSource(
	source: string,
): (facts: RuleFacts) => string | undefined {
	if (source.startsWith("'")) return () => source.slice(1, -1);
	if (!source.startsWith("`")) return (facts) => facts.source(source);
	const parts = source.slice(1, -1).split(/\{(\w+)\}/);
	return (facts) => {
		const values = parts.map((part, i) =>
			i % 2 === 0 ? part : facts.source(part),
		);
		return values.includes(undefined) ? undefined : values.join("");
	};
}
