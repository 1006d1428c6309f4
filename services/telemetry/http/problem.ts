import type { TelemetryAnswer } from "../../platform/telemetry-door.ts";

/** A "no" of `/telemetry/v1`. Its body is `{"detail": …}`, which clients of polytope-server v1's telemetry read. */
export class Refusal extends Error {
	readonly status: number;
	readonly detail: unknown;
	readonly headers: Readonly<Record<string, string>>;

	constructor(
		status: number,
		detail: unknown,
		headers: Readonly<Record<string, string>> = {},
	) {
		super(`${status}`);
		this.name = "Refusal";
		this.status = status;
		this.detail = detail;
		this.headers = headers;
	}
}

/** A parameter that cannot be understood, in the words of v1's framework (FastAPI). */
export const unprocessable = (
	name: string,
	message: string,
	input: string,
): Refusal =>
	new Refusal(422, [
		{ type: "value_error", loc: ["query", name], msg: message, input },
	]);

export const refused = ({
	status,
	detail,
	headers,
}: Refusal): TelemetryAnswer => jsonAnswer({ detail }, status, headers);

export const jsonAnswer = (
	body: unknown,
	status = 200,
	headers: Readonly<Record<string, string>> = {},
): TelemetryAnswer => ({
	status,
	headers: { "content-type": "application/json", ...headers },
	body: JSON.stringify(body),
});
