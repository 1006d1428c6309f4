/** Names of our own attributes, beside those of OpenTelemetry's semantic conventions; docs/tracing.md says what each is. */
export const ATTRIBUTE = {
	requestId: "polytope.request.id",
	collection: "polytope.collection",
	datasource: "polytope.datasource",
	verb: "polytope.verb",
	attempt: "polytope.attempt",
	status: "polytope.status",
	reason: "polytope.reason",
	bytes: "polytope.bytes",
	fields: "polytope.fields",
	/** How many requests one look of the broker admitted. */
	admitted: "polytope.admitted",
	role: "polytope.role",
	/** On spans that are always kept: with them alone a trace tells how the request went. */
	lifecycle: "polytope.lifecycle",
} as const;
