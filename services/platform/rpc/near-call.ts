import type { DescMethod, DescService } from "@bufbuild/protobuf";
import {
	Code,
	ConnectError,
	type ContextValues,
	createContextValues,
	type HandlerContext,
} from "@connectrpc/connect";
import { asFault } from "./bugs.ts";

/** What a caller may give as headers. */
export type HeaderInput = ConstructorParameters<typeof Headers>[0];

export interface NearCallOptions {
	/** The caller's: ends the call. */
	readonly signal: AbortSignal | undefined;
	/** Milliseconds; undefined: none. */
	readonly timeoutMs: number | undefined;
	readonly header: HeaderInput;
}

/**
 * One call within this process: what its service sees of it, and its end. Most calls ask for nothing but their message;
 * what costs something (signals, headers) is made when it is first looked at.
 */
export class NearCall implements HandlerContext {
	readonly method: DescMethod;
	readonly protocolName = "near";
	readonly requestMethod = "POST";
	readonly #options: NearCallOptions;
	readonly #endsAt: number | undefined;
	readonly #timer: NodeJS.Timeout | undefined;
	#ending: AbortController | undefined;
	#responseHeader: Headers | undefined;
	#responseTrailer: Headers | undefined;
	#values: ContextValues | undefined;
	#failure: ConnectError | undefined;
	#over = false;
	#refuse: (failure: ConnectError) => void = () => {};

	constructor(method: DescMethod, options: NearCallOptions) {
		this.method = method;
		this.#options = options;
		const { signal, timeoutMs } = options;
		if (timeoutMs !== undefined) {
			this.#endsAt = performance.now() + timeoutMs;
			this.#timer = setTimeout(() => this.#fail(tooLate()), timeoutMs);
			this.#timer.unref();
		}
		signal?.addEventListener("abort", this.#onAbort);
		if (signal?.aborted) this.#onAbort();
	}

	get service(): DescService {
		return this.method.parent;
	}
	get url(): string {
		return `near:/${this.service.typeName}/${this.method.name}`;
	}
	/** Ends with the caller's signal, the deadline, and the call itself. */
	get signal(): AbortSignal {
		if (this.#ending === undefined) {
			this.#ending = new AbortController();
			if (this.#over) this.#ending.abort(this.#failure);
		}
		return this.#ending.signal;
	}
	get requestHeader(): Headers {
		return new Headers(this.#options.header);
	}
	get responseHeader(): Headers {
		this.#responseHeader ??= new Headers();
		return this.#responseHeader;
	}
	get responseTrailer(): Headers {
		this.#responseTrailer ??= new Headers();
		return this.#responseTrailer;
	}
	get values(): ContextValues {
		this.#values ??= createContextValues();
		return this.#values;
	}
	timeoutMs(): number | undefined {
		return this.#endsAt === undefined
			? undefined
			: Math.ceil(this.#endsAt - performance.now());
	}

	/** Waits for a part of the call; rejects at once when the call ends first, whatever the part still does. */
	during<T>(part: () => Promise<T>): Promise<T> {
		return new Promise((resolve, reject) => {
			if (this.#failure !== undefined) {
				reject(this.#failure);
				return;
			}
			this.#refuse = reject;
			part().then(resolve, (reason: unknown) => reject(asFault(reason)));
		});
	}

	/** The call is over: its signal ends, its timer is gone. */
	end(): void {
		if (this.#over) return;
		this.#over = true;
		clearTimeout(this.#timer);
		this.#options.signal?.removeEventListener("abort", this.#onAbort);
		this.#ending?.abort(this.#failure);
	}

	#fail(failure: ConnectError): void {
		if (this.#over) return;
		this.#failure = failure;
		this.end();
		this.#refuse(failure);
	}

	readonly #onAbort = (): void =>
		this.#fail(ConnectError.from(this.#options.signal?.reason, Code.Canceled));
}

const tooLate = (): ConnectError =>
	new ConnectError("the operation timed out", Code.DeadlineExceeded);
