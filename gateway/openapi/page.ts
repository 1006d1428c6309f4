import type { FastifyReply } from "fastify";
import type { OpenApi } from "./document.ts";

/** Answers with a page that may load nothing and run nothing. */
export const sendPage = (reply: FastifyReply, html: string): FastifyReply =>
	reply
		.code(200)
		.header("content-type", "text/html; charset=utf-8")
		.header(
			"content-security-policy",
			"default-src 'none'; style-src 'unsafe-inline'",
		)
		.send(html);

export const rootPage = (version: string): string =>
	page(
		"polytope-server",
		`<h1>polytope-server ${escaped(version)}</h1>
<p>Hypercube data over the Polytope REST protocol.</p>
<ul><li><a href="openapi">The API, for people</a></li><li><a href="openapi.json">The API, as OpenAPI</a></li></ul>`,
	);

/** The document as a readable page: every route with its parameters and answers. */
export function apiPage(document: OpenApi): string {
	const sections = Object.entries(document.paths).flatMap(([path, methods]) =>
		Object.entries(methods).map(([method, operation]) =>
			section(`${method.toUpperCase()} ${path}`, operation),
		),
	);
	const { title, version, description } = document.info;
	return page(
		title,
		`<h1>${escaped(title)} ${escaped(version)}</h1><p>${escaped(description)}</p>
<p><a href="openapi.json">The same as OpenAPI 3.1</a></p>${sections.join("")}`,
	);
}

function section(
	title: string,
	operation: Readonly<Record<string, unknown>>,
): string {
	const { summary, parameters, requestBody, responses } = operation;
	const detail = [
		["Parameters", parameters],
		["Body", requestBody],
		["Answers", responses],
	]
		.filter(([, value]) => value !== undefined)
		.map(
			([name, value]) =>
				`<h3>${name}</h3><pre>${escaped(JSON.stringify(value, undefined, 2))}</pre>`,
		);
	return `<details><summary><code>${escaped(title)}</code> ${escaped(String(summary))}</summary>${detail.join("")}</details>`;
}

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title>
<meta name="viewport" content="width=device-width">
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
details{border-top:1px solid #ccc;padding:.5rem 0}summary{cursor:pointer}pre{overflow:auto;background:#f5f5f5;padding:.5rem}
</style></head><body>${body}</body></html>
`;

const ENTITIES: Readonly<Record<string, string>> = {
	"&": "&amp;",
	"<": "&lt;",
	">": "&gt;",
	'"': "&quot;",
};
const escaped = (text: string): string =>
	text.replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);
