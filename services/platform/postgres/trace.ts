import { context, type Span, SpanKind } from "@opentelemetry/api";
import { wantedSpan } from "../telemetry/context.ts";
import { beginInner, failSpan, roleIn } from "../telemetry/spans.ts";
import type { Summary } from "./summary.ts";

/** A statement's span, where inner spans are wanted: what it does, never its text or its values. */
export function beginStatement(summaryOf: () => Summary): Span | undefined {
	const outer = context.active();
	if (wantedSpan(outer) === undefined) return undefined;
	const { text, operation, table } = summaryOf();
	return beginInner({
		role: roleIn(outer),
		name: text,
		kind: SpanKind.CLIENT,
		attributes: {
			"db.system.name": "postgresql",
			"db.query.summary": text,
			...(operation !== undefined && { "db.operation.name": operation }),
			...(table !== undefined && { "db.collection.name": table }),
		},
	});
}

/** @param reason what PostgreSQL, or the connection to it, said */
export function failStatement(span: Span | undefined, reason: unknown): void {
	if (span === undefined) return;
	failSpan(span, new Error("the statement failed"));
	const code = sqlState(reason);
	if (code === undefined) return;
	span.setAttributes({ "db.response.status_code": code, "error.type": code });
}

/** Five characters: SQLSTATE. PostgreSQL's own words may hold values. */
const sqlState = (reason: unknown): string | undefined =>
	reason instanceof Error && "code" in reason && typeof reason.code === "string"
		? reason.code
		: undefined;
