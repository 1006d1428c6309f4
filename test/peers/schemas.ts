import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import { parse } from "yaml";
import { z } from "zod";
import { goModuleFolder } from "../kit/go-module.ts";

const KUBERNETES = "k8s.io/kubernetes@v1.36.3";
const KEDA = "github.com/kedacore/keda/v2@v2.21.0";

type Json = { readonly [key: string]: unknown };
const json = z.record(z.string(), z.unknown());
const openApi = z.object({
	components: z.object({ schemas: z.record(z.string(), json) }),
});
const kinds = z
	.array(z.object({ group: z.string(), version: z.string(), kind: z.string() }))
	.default([]);
const crd = z.object({
	spec: z.object({
		group: z.string(),
		names: z.object({ kind: z.string() }),
		versions: z.array(
			z.object({
				name: z.string(),
				schema: z.object({ openAPIV3Schema: json }),
			}),
		),
	}),
});

/** What is wrong with a manifest, one line each; as strict as `kubectl --validate=strict`: unknown fields are wrong. */
export type Judge = (manifest: Json) => string[];

/** A judge with the schemas that Kubernetes and KEDA publish of their own kinds. */
export async function openJudge(): Promise<Judge> {
	const ajv = new Ajv({
		strict: false,
		validateFormats: false,
		allErrors: true,
	});
	const known = new Map<string, () => ValidateFunction>();
	const offer = (kind: string, make: () => ValidateFunction): void => {
		let made: ValidateFunction | undefined;
		known.set(kind, () => {
			made ??= make();
			return made;
		});
	};
	await offerKubernetes(ajv, offer);
	await offerKeda(ajv, offer);
	return (manifest) => {
		const kind = `${manifest.apiVersion}/${manifest.kind}`;
		const validate = known.get(kind)?.();
		if (validate === undefined) return [`there is no kind ${kind}`];
		if (validate(manifest)) return [];
		return (validate.errors ?? []).map(
			({ instancePath, message, params }) =>
				`${kind} ${instancePath}: ${message} ${JSON.stringify(params)}`,
		);
	};
}

type Offer = (kind: string, make: () => ValidateFunction) => void;

async function offerKubernetes(ajv: Ajv, offer: Offer): Promise<void> {
	const folder = await goModuleFolder(KUBERNETES, "api/openapi-spec/v3");
	for (const file of await readdir(folder)) {
		if (!/__v\d+_openapi\.json$/.test(file)) continue;
		const read = openApi.safeParse(
			JSON.parse(readFileSync(join(folder, file), "utf8")),
		);
		if (!read.success) continue;
		const document = { ...json.parse(closed(read.data)), $id: file };
		ajv.addSchema(document);
		// A document describes what belongs to other groups as well; their own knows it better.
		for (const [name, schema] of Object.entries(read.data.components.schemas))
			for (const { group, version, kind } of kinds.parse(
				schema["x-kubernetes-group-version-kind"],
			))
				offer(`${group ? `${group}/` : ""}${version}/${kind}`, () =>
					ajv.compile({ $ref: `${file}#/components/schemas/${name}` }),
				);
	}
}

async function offerKeda(ajv: Ajv, offer: Offer): Promise<void> {
	const folder = await goModuleFolder(KEDA, "config/crd/bases");
	for (const file of await readdir(folder)) {
		if (!file.endsWith(".yaml")) continue;
		const { spec } = crd.parse(parse(readFileSync(join(folder, file), "utf8")));
		for (const { name, schema } of spec.versions)
			offer(`${spec.group}/${name}/${spec.names.kind}`, () =>
				ajv.compile(json.parse(closed(schema.openAPIV3Schema))),
			);
	}
}

/** The schema with nothing allowed that it does not name. */
function closed(schema: unknown): unknown {
	if (Array.isArray(schema)) return schema.map(closed);
	if (typeof schema !== "object" || schema === null) return schema;
	const inner = Object.fromEntries(
		Object.entries(schema).map(([key, value]) => [key, closed(value)]),
	);
	const named =
		"properties" in inner &&
		typeof inner.properties === "object" &&
		inner.type === "object";
	const open =
		"additionalProperties" in inner ||
		inner["x-kubernetes-preserve-unknown-fields"] === true;
	return named && !open ? { ...inner, additionalProperties: false } : inner;
}
