import type { Request } from "../../gen/polytope/store/v1/store_pb.js";
import type { Retrieved } from "./datasources/datasource.ts";

/** Why an attempt was stopped; decides what becomes of its request. */
export type StopReason = "cancelled" | "lost" | "drained" | "too slow";

/** One attempt that is being served here. */
export interface RunningAttempt {
	readonly request: Request;
	readonly stagingKey: string;
	/** Ends with a `StopReason`. */
	readonly signal: AbortSignal;
	stop(reason: StopReason): void;
	/** Counted by whoever moves the bytes. */
	bytes: number;
	fields: number;
}

/** All attempts of this worker, by request id. */
export interface RunningAttempts {
	start(request: Request, stagingKey: string): RunningAttempt;
	end(attempt: RunningAttempt): void;
	/** Stops a request's attempt, if it runs here. */
	stop(requestId: string, reason: StopReason): boolean;
	all(): readonly RunningAttempt[];
	/** Resolves when fewer than `most` run, or when the signal ends. */
	fewerThan(most: number, signal?: AbortSignal): Promise<void>;
}

export function openRunning(): RunningAttempts {
	const running = new Map<string, RunningAttempt>();
	const waiting = new Set<() => void>();
	return {
		start(request, stagingKey) {
			const stop = new AbortController();
			const attempt: RunningAttempt = {
				request,
				stagingKey,
				signal: stop.signal,
				stop: (reason) => stop.abort(reason),
				bytes: 0,
				fields: 0,
			};
			running.get(request.id)?.stop("lost");
			running.set(request.id, attempt);
			return attempt;
		},
		end(attempt) {
			if (running.get(attempt.request.id) === attempt)
				running.delete(attempt.request.id);
			for (const wake of waiting) wake();
		},
		stop(requestId, reason) {
			const attempt = running.get(requestId);
			attempt?.stop(reason);
			return attempt !== undefined;
		},
		all: () => [...running.values()],
		async fewerThan(most, signal) {
			while (running.size >= most && signal?.aborted !== true) {
				await new Promise<void>((resolve) => {
					const wake = (): void => {
						waiting.delete(wake);
						signal?.removeEventListener("abort", wake);
						resolve();
					};
					waiting.add(wake);
					signal?.addEventListener("abort", wake);
				});
			}
		},
	};
}

/** The bytes of an attempt, counted as they pass; they end with its signal. */
export async function* counted(
	attempt: RunningAttempt,
	{ stream, fieldsRead }: Pick<Retrieved, "stream" | "fieldsRead">,
): AsyncGenerator<Uint8Array> {
	for await (const chunk of stream) {
		attempt.signal.throwIfAborted();
		attempt.bytes += chunk.length;
		if (fieldsRead) attempt.fields = fieldsRead();
		yield chunk;
	}
}
