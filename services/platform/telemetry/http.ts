import type { ServerResponse } from "node:http";
import { INSTRUMENTS } from "./instruments.ts";

/** Methods that are counted by their name; whatever else clients invent is one. */
const METHODS: ReadonlySet<string> = new Set([
	"GET",
	"HEAD",
	"POST",
	"PUT",
	"PATCH",
	"DELETE",
	"OPTIONS",
]);
/** Status of an answer whose client left before its end, as nginx has it. */
const LEFT = 499;

/** Measures the HTTP requests of one door. Disposing ends what it shows. */
export interface HttpMeasure extends Disposable {
	/** @param route asked for when the answer has ended; the pattern, not the path */
	begin(method: string, response: ServerResponse, route: () => string): void;
}

export function measureHttp(): HttpMeasure {
	let active = 0;
	const watching = INSTRUMENTS.httpActive.watch(() => [[active, {}]]);
	return {
		begin(method, response, route) {
			const begun = performance.now();
			active += 1;
			response.once("close", () => {
				active -= 1;
				INSTRUMENTS.http.record((performance.now() - begun) / 1000, {
					"http.request.method": METHODS.has(method) ? method : "_OTHER",
					"http.route": route(),
					"http.response.status_code": response.writableFinished
						? response.statusCode
						: LEFT,
				});
			});
		},
		[Symbol.dispose]: () => watching[Symbol.dispose](),
	};
}
