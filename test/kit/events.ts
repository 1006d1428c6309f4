/** One server-sent event, as a browser would hand it over, and how it would come back after it. */
export interface ServerSent {
	readonly name: string;
	readonly data: unknown;
	/** Of the last event that had one. */
	readonly lastId: string;
}

export interface EventReader extends AsyncDisposable {
	readonly response: Response;
	/** The next event; undefined once the stream has ended. */
	next(): Promise<ServerSent | undefined>;
	/** All events until the stream ends. */
	rest(): Promise<ServerSent[]>;
	/** Milliseconds that the server wants to be left alone after the stream; 0: it said nothing. */
	retryMs(): number;
}

/** Opens a stream of events. @param lastId of the event after which it is to go on */
export async function readEvents(
	url: string,
	{ key = "demo-key", lastId = "" } = {},
): Promise<EventReader> {
	const stop = new AbortController();
	const response = await fetch(url, {
		signal: stop.signal,
		headers: {
			authorization: `Bearer ${key}`,
			accept: "text/event-stream",
			...(lastId && { "last-event-id": lastId }),
		},
	});
	let retry = 0;
	const events = parse(response, (ms) => {
		retry = ms;
	});
	const next = async (): Promise<ServerSent | undefined> => {
		const { value, done } = await events.next();
		return done ? undefined : value;
	};
	return {
		response,
		next,
		retryMs: () => retry,
		async rest() {
			const all: ServerSent[] = [];
			for (let one = await next(); one; one = await next()) all.push(one);
			return all;
		},
		async [Symbol.asyncDispose]() {
			stop.abort();
			await events.return(undefined).catch(() => undefined);
		},
	};
}

/** https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream */
async function* parse(
	response: Response,
	onRetry: (ms: number) => void,
): AsyncGenerator<ServerSent, undefined> {
	if (response.body === null) return;
	let text = "";
	let lastId = "";
	for await (const chunk of response.body.pipeThrough(
		new TextDecoderStream(),
	)) {
		text += chunk;
		for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
			const fields = new Map(text.slice(0, end).split("\n").map(field));
			text = text.slice(end + 2);
			lastId = fields.get("id") ?? lastId;
			const retry = fields.get("retry");
			if (retry !== undefined) onRetry(Number(retry));
			const data = fields.get("data");
			if (data !== undefined)
				yield {
					name: fields.get("event") ?? "message",
					data: JSON.parse(data),
					lastId,
				};
		}
	}
}

function field(line: string): [name: string, value: string] {
	const colon = line.indexOf(":");
	return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, "")];
}
