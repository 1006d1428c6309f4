import type { SpanView } from "../spans/read.ts";

const ID = "polytope.request.id";

/**
 * Of a trace's inner spans those that belong to one request. A client that sends several requests within one trace of
 * its own has all of them there; what was done for another is left out. What cannot be told stays.
 *
 * @param roots spans that are known to be the request's: its submission, and those of its life
 */
export function ownSpans(
	spans: readonly SpanView[],
	requestId: string,
	roots: readonly string[],
): SpanView[] {
	const ours = new Set(roots);
	const byId = new Map(spans.map((span) => [span.span_id, span]));
	const families = Map.groupBy(spans, (span) => familyOf(span, byId, ours));
	return [...families]
		.filter(
			([root, members]) => ours.has(root) || !isOthers(members, requestId),
		)
		.flatMap(([, members]) => members);
}

/**
 * By what spans are told apart: the highest ancestor, or one of `ours` on the way. Submissions are children of the client's span,
 * which never comes, and are themselves the highest; others without their parent belong together with its other children.
 */
function familyOf(
	span: SpanView,
	byId: ReadonlyMap<string, SpanView>,
	ours: ReadonlySet<string>,
): string {
	const seen = new Set<string>();
	let top = span;
	while (!ours.has(top.span_id) && !seen.has(top.span_id)) {
		seen.add(top.span_id);
		const { parent_id: parent } = top;
		const above = parent === null ? undefined : byId.get(parent);
		if (above === undefined)
			return parent === null || (top.kind === "server" && !ours.has(parent))
				? top.span_id
				: parent;
		top = above;
	}
	return top.span_id;
}

/** Whether they name requests, and this one is none of them. */
function isOthers(members: readonly SpanView[], requestId: string): boolean {
	const named = members
		.flatMap(({ attributes, events }) => [
			attributes[ID],
			...events.map((event) => event.attributes[ID]),
		])
		.filter((id) => id !== undefined);
	return named.length > 0 && !named.includes(requestId);
}
