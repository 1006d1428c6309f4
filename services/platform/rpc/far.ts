import type {
	DescMessage,
	DescMethodStreaming,
	DescMethodUnary,
	MessageInitShape,
} from "@bufbuild/protobuf";
import type {
	ContextValues,
	StreamResponse,
	Transport,
} from "@connectrpc/connect";
import { traceparentOf } from "../telemetry/context.ts";
import {
	beginCall,
	endCall,
	TRACEPARENT,
	tracedCall,
} from "../telemetry/rpc.ts";
import { pause } from "../wait.ts";
import type { ConnectionOptions } from "./connection.ts";
import type { Endpoint } from "./endpoint.ts";
import { judge, unavailable } from "./lost.ts";
import { openPool, type Pool } from "./pool.ts";
import { withToken } from "./secret.ts";

/** How long a call may take that says nothing else, in milliseconds. Streams have no deadline unless they name one. */
const DEADLINE_MS = 15_000;
/** Longer than a process takes to be started anew. */
const PATIENCE_MS = 10_000;
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1_000;

export interface FarOptions extends ConnectionOptions {
	/** gRPC addresses; calls are spread over them, and over all addresses of a name. */
	readonly urls: readonly string[];
	/** The secret that the processes share. */
	readonly token?: string | undefined;
	/** For so long, in milliseconds, a service that is away is waited for, and a call tried again. */
	readonly patienceMs?: number;
}

/** The way to a service in other processes. Disposing ends its connections, and the calls on them. */
export interface Far extends Disposable {
	readonly transport: Transport;
}

/**
 * Calls over gRPC: to whichever address is fit and has the fewest calls, again with back-off where that is safe, never
 * without a deadline. A service that is away is waited for a while, so that processes may start and end in any order.
 * @throws the peer's own faults; UNAVAILABLE when no address took the call, or the answer was lost
 */
export function openFar(options: FarOptions): Far {
	const { urls, token, patienceMs = PATIENCE_MS } = options;
	const pool = openPool(urls, options);
	const headers = withToken(token);
	return {
		transport: {
			unary: (method, signal, timeoutMs, given, input, values) => {
				const header = headers(given);
				return tracedCall(method, header, () =>
					unary(pool, {
						method,
						signal: signal ?? new AbortController().signal,
						ms: timeoutMs ?? DEADLINE_MS,
						patienceMs,
						header,
						input,
						values,
					}),
				);
			},
			stream: (method, signal, timeoutMs, given, input, values) =>
				stream(pool, {
					method,
					signal: signal ?? new AbortController().signal,
					timeoutMs,
					patienceMs,
					header: headers(given),
					input,
					values,
				}),
		},
		[Symbol.dispose]: () => pool[Symbol.dispose](),
	};
}

interface UnaryCall<I extends DescMessage, O extends DescMessage> {
	readonly method: DescMethodUnary<I, O>;
	readonly signal: AbortSignal;
	readonly ms: number;
	readonly patienceMs: number;
	readonly header: Headers;
	readonly input: MessageInitShape<I>;
	readonly values: ContextValues | undefined;
}

async function unary<I extends DescMessage, O extends DescMessage>(
	pool: Pool,
	call: UnaryCall<I, O>,
) {
	const { method, signal, ms, patienceMs, header, input, values } = call;
	const deadline = performance.now() + ms;
	const patience = Math.min(deadline, performance.now() + patienceMs);
	for (
		let wait = FIRST_PAUSE_MS;
		;
		wait = Math.min(wait * 2, LONGEST_PAUSE_MS)
	) {
		const endpoint = await reach(pool, method, signal, patience);
		const left = Math.max(1, Math.ceil(deadline - performance.now()));
		try {
			const { transport } = endpoint;
			const answer = await transport.unary(
				method,
				signal,
				left,
				header,
				input,
				values,
			);
			endpoint.worked();
			return answer;
		} catch (error) {
			if (signal.aborted) throw error;
			const { again, spare, reason } = judge(method, error);
			if (spare) endpoint.failed();
			if (!again || performance.now() + wait > patience) throw reason;
		} finally {
			endpoint.busy -= 1;
		}
		await pause(wait * (0.5 + Math.random()), signal);
	}
}

async function reach(
	pool: Pool,
	method: DescMethodUnary | DescMethodStreaming,
	signal: AbortSignal,
	until: number,
): Promise<Endpoint> {
	try {
		return await pool.reach(signal, until);
	} catch (reason) {
		if (signal.aborted) throw reason;
		throw unavailable(method, "cannot be reached", reason);
	}
}

interface StreamCall<I extends DescMessage, O extends DescMessage> {
	readonly method: DescMethodStreaming<I, O>;
	readonly signal: AbortSignal;
	readonly timeoutMs: number | undefined;
	readonly patienceMs: number;
	readonly header: Headers;
	readonly input: AsyncIterable<MessageInitShape<I>>;
	readonly values: ContextValues | undefined;
}

/** A stream is made once: what it has carried cannot be carried again. */
async function stream<I extends DescMessage, O extends DescMessage>(
	pool: Pool,
	call: StreamCall<I, O>,
): Promise<StreamResponse<I, O>> {
	const { method, signal, timeoutMs, header, input, values } = call;
	const patience = performance.now() + call.patienceMs;
	const span = beginCall(method);
	if (span) header.set(TRACEPARENT, traceparentOf(span.spanContext()));
	const endpoint = await reach(pool, method, signal, patience);
	const translate = (error: unknown): unknown => {
		if (signal.aborted) return error;
		const { spare, reason } = judge(method, error);
		if (spare) endpoint.failed();
		return reason;
	};
	try {
		const answer = await endpoint.transport.stream(
			method,
			signal,
			timeoutMs,
			header,
			input,
			values,
		);
		const onEnd = (failure?: unknown): void => endCall(span, failure);
		const message = watched(answer.message, endpoint, translate, onEnd);
		return { ...answer, message };
	} catch (error) {
		endpoint.busy -= 1;
		endCall(span, error);
		throw translate(error);
	}
}

async function* watched<T>(
	messages: AsyncIterable<T>,
	endpoint: Endpoint,
	translate: (error: unknown) => unknown,
	onEnd: (failure?: unknown) => void,
): AsyncGenerator<T> {
	let failure: unknown;
	try {
		yield* messages;
		endpoint.worked();
	} catch (error) {
		failure = error;
		throw translate(error);
	} finally {
		endpoint.busy -= 1;
		onEnd(failure);
	}
}
