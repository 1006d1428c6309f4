import type { DescMethod } from "@bufbuild/protobuf";
import type { Interceptor, Transport } from "@connectrpc/connect";
import { INSTRUMENTS } from "../telemetry/instruments.ts";
import { methodName, statusName } from "../telemetry/rpc-names.ts";

/** Called with the failure of a call, or with nothing, at its end. */
type End = (failure?: unknown) => void;

/** Measures a transport's calls: of one to other processes as their client, of one within this process as the server. */
export function measured(
	transport: Transport,
	reach: "near" | "far",
): Transport {
	const begin = reach === "near" ? servedNear : called;
	return {
		async unary(method, ...call) {
			const end = begin(method);
			try {
				const answer = await transport.unary(method, ...call);
				end();
				return answer;
			} catch (reason) {
				end(reason);
				throw reason;
			}
		},
		async stream(method, ...call) {
			const end = begin(method);
			try {
				const answer = await transport.stream(method, ...call);
				return { ...answer, message: toEnd(answer.message, end) };
			} catch (reason) {
				end(reason);
				throw reason;
			}
		},
	};
}

/** Measures the calls that other processes make to a port. */
export const measureServed: Interceptor = (next) => async (request) => {
	const end = servedFar(request.method);
	try {
		const answer = await next(request);
		if (!answer.stream) {
			end();
			return answer;
		}
		return { ...answer, message: toEnd(answer.message, end) };
	} catch (reason) {
		end(reason);
		throw reason;
	}
};

/** The same steps; its end is told. A reader who breaks off ends the call by its signal, which is a step that fails. */
function toEnd<T>(messages: AsyncIterable<T>, end: End): AsyncIterable<T> {
	return {
		[Symbol.asyncIterator]() {
			const steps = messages[Symbol.asyncIterator]();
			return {
				async next() {
					try {
						const step = await steps.next();
						if (step.done === true) end();
						return step;
					} catch (reason) {
						end(reason);
						throw reason;
					}
				},
				async return(value) {
					end();
					const ended = await steps.return?.(value);
					return ended ?? { done: true, value };
				},
			};
		},
	};
}

const measure =
	(record: (seconds: number, method: string, status: string) => void) =>
	(method: DescMethod): End => {
		const begun = performance.now();
		let ended = false;
		return (failure) => {
			if (ended) return;
			ended = true;
			const seconds = (performance.now() - begun) / 1000;
			record(seconds, methodName(method), statusName(failure));
		};
	};

const served = (reach: "near" | "far") =>
	measure((seconds, method, status) =>
		INSTRUMENTS.rpcServer.record(seconds, {
			"rpc.method": method,
			"rpc.status_code": status,
			"polytope.reach": reach,
		}),
	);
const servedNear = served("near");
const servedFar = served("far");
const called = measure((seconds, method, status) =>
	INSTRUMENTS.rpcClient.record(seconds, {
		"rpc.method": method,
		"rpc.status_code": status,
	}),
);
