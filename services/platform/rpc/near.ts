import {
	create,
	type DescMessage,
	type DescMethod,
	type DescMethodStreaming,
	type DescMethodUnary,
	type MessageInitShape,
	type MessageShape,
} from "@bufbuild/protobuf";
import {
	Code,
	ConnectError,
	type ConnectRouter,
	createMethodImplSpec,
	createServiceImplSpec,
	type HandlerContext,
	type StreamResponse,
	type Transport,
	type UnaryResponse,
} from "@connectrpc/connect";
import { beginCall, endCall, tracedNear } from "../telemetry/rpc.ts";
import { type HeaderInput, NearCall } from "./near-call.ts";

/**
 * Calls services of this process without turning messages into bytes: what the caller hands over is what the service
 * gets, so neither may change a message it has sent or received. Deadlines, cancelling and errors are those of the far
 * transport; a test holds both to the same.
 *
 * @param deadlineMs of unary calls that name none
 */
export function nearTransport(
	routes: (router: ConnectRouter) => void,
	deadlineMs: number,
): Transport {
	const methods = served(routes);
	return {
		async unary<I extends DescMessage, O extends DescMessage>(
			method: DescMethodUnary<I, O>,
			signal: AbortSignal | undefined,
			timeoutMs = deadlineMs,
			header?: HeaderInput,
			input?: MessageInitShape<I>,
		): Promise<UnaryResponse<I, O>> {
			const implementation = find<Unary<I, O>>(methods, method);
			const call = new NearCall(method, { signal, timeoutMs, header });
			try {
				const message = await tracedNear(method, () =>
					call.during(async () =>
						create(
							method.output,
							await implementation(create(method.input, input), call),
						),
					),
				);
				return { ...around(call), stream: false, method, message };
			} finally {
				call.end();
			}
		},

		async stream<I extends DescMessage, O extends DescMessage>(
			method: DescMethodStreaming<I, O>,
			signal: AbortSignal | undefined,
			timeoutMs: number | undefined,
			header: HeaderInput,
			input: AsyncIterable<MessageInitShape<I>>,
		): Promise<StreamResponse<I, O>> {
			const implementation = find<Stream<I, O>>(methods, method);
			const call = new NearCall(method, { signal, timeoutMs, header });
			const questions = typed(method.input, whileAsked(input, call));
			const answers = answersOf(method, implementation, questions, call);
			const span = beginCall(method);
			const message = {
				[Symbol.asyncIterator]: () =>
					inCall(answers, call, (failure) => endCall(span, failure)),
			};
			return { ...around(call), stream: true, method, message };
		},
	};
}

type Unary<I extends DescMessage, O extends DescMessage> = (
	message: MessageShape<I>,
	context: HandlerContext,
) => Promise<MessageInitShape<O>> | MessageInitShape<O>;

/** Takes one message or a stream of them, and answers one or a stream, as its method says. */
type Stream<I extends DescMessage, O extends DescMessage> = (
	input: MessageShape<I> | AsyncIterable<MessageShape<I>>,
	context: HandlerContext,
) => Promise<MessageInitShape<O>> | AsyncIterable<MessageInitShape<O>>;

type Methods = ReadonlyMap<DescMethod, unknown>;

/** What the routes register, by method. */
function served(routes: (router: ConnectRouter) => void): Methods {
	const methods = new Map<DescMethod, unknown>();
	const router: ConnectRouter = {
		handlers: [],
		service(service, implementation) {
			const spec = createServiceImplSpec(service, implementation);
			for (const { method, impl } of Object.values(spec.methods))
				methods.set(method, impl);
			return router;
		},
		rpc(method, implementation) {
			methods.set(method, createMethodImplSpec(method, implementation).impl);
			return router;
		},
	};
	routes(router);
	return methods;
}

/** A map from methods to their own types of function cannot be written down; the router has checked each. */
function find<F>(methods: Methods, method: DescMethod): F {
	const found = methods.get(method);
	if (found === undefined)
		throw new ConnectError(
			`${method.parent.typeName}.${method.name} is not served here`,
			Code.Unimplemented,
		);
	return found as F;
}

const around = (call: NearCall) => ({
	service: call.service,
	header: call.responseHeader,
	trailer: call.responseTrailer,
});

async function* typed<D extends DescMessage>(
	schema: D,
	messages: AsyncIterable<MessageInitShape<D>>,
): AsyncGenerator<MessageShape<D>> {
	for await (const message of messages) yield create(schema, message);
}

async function* answersOf<I extends DescMessage, O extends DescMessage>(
	method: DescMethodStreaming<I, O>,
	implementation: Stream<I, O>,
	input: AsyncGenerator<MessageShape<I>>,
	call: NearCall,
): AsyncGenerator<MessageShape<O>> {
	const question =
		method.methodKind === "server_streaming" ? await only(input) : input;
	const answer = implementation(question, call);
	if (Symbol.asyncIterator in answer) yield* typed(method.output, answer);
	else yield create(method.output, await answer);
}

async function only<T>(messages: AsyncIterable<T>): Promise<T> {
	for await (const message of messages) return message;
	throw new ConnectError("the call has no message", Code.Unimplemented);
}

/** What the caller sends, until the call ends: a service that still waits for more would wait for ever. */
async function* whileAsked<T>(
	messages: AsyncIterable<T>,
	{ signal }: NearCall,
): AsyncGenerator<T> {
	const steps = messages[Symbol.asyncIterator]();
	// Settled anew for each step: a promise that lives as long as the call would hold on to every message.
	let refuse: (reason: unknown) => void = () => {};
	const leave = (): void => refuse(signal.reason);
	signal.addEventListener("abort", leave);
	try {
		for (;;) {
			const step = await new Promise<IteratorResult<T>>((resolve, reject) => {
				refuse = reject;
				if (signal.aborted) reject(signal.reason);
				else steps.next().then(resolve, reject);
			});
			if (step.done === true) return;
			yield step.value;
		}
	} finally {
		signal.removeEventListener("abort", leave);
		// The sender may be stuck: it ends when it can.
		steps.return?.().catch(() => undefined);
	}
}

/**
 * Each step ends when the call does; and the call ends with the last step, or the first that fails. What the service
 * still holds open then is closed. A reader who breaks off must end the call by its signal: Connect's clients tell
 * transports nothing of it.
 */
function inCall<T>(
	steps: AsyncGenerator<T>,
	call: NearCall,
	onEnd: (failure?: unknown) => void,
): AsyncIterator<T> {
	const close = (): void => {
		steps.return(undefined).catch(() => undefined);
	};
	call.signal.addEventListener("abort", close, { once: true });
	if (call.signal.aborted) close();
	return {
		async next() {
			try {
				const step = await call.during(() => steps.next());
				if (step.done === true) {
					call.end();
					onEnd();
				}
				return step;
			} catch (reason) {
				call.end();
				onEnd(reason);
				throw reason;
			}
		},
	};
}
