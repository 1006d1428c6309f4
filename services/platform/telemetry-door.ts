/** One call below `/telemetry/v1`, at whichever door it came in. */
export interface TelemetryCall {
	readonly method: string;
	/** Path and query, as sent. */
	readonly target: string;
	/** The header of that name. */
	readonly authorization: string | undefined;
	/** Recognises the caller by that header. @throws the fault of identity */
	readonly identify: () => Promise<{ readonly roles: readonly string[] }>;
}

export interface TelemetryAnswer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	/** In pieces where it may be long. */
	readonly body: string | AsyncIterable<string>;
}

/** What the telemetry role shows to operators; the gateway of its process serves it, or else its own door. */
export interface TelemetryDoor {
	readonly answer: (call: TelemetryCall) => Promise<TelemetryAnswer>;
	/** Its part of the OpenAPI document: `paths`. */
	readonly paths: Readonly<
		Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>
	>;
}
