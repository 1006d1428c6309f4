import type { Connection } from "./wire.ts";

const ECHO = JSON.stringify({
	verb: "retrieve",
	request: { hello: "world", date: "20250101" },
});

/** A client's view of one request: submits, asks with a long poll until it is ready, and gives the result's URL. */
export async function lifecycle(
	connection: Connection,
	collection = "echo",
	body = ECHO,
): Promise<string> {
	const submitted = await connection.ask(
		"POST",
		`/api/v1/requests/${collection}`,
		body,
	);
	if (submitted.status !== 202)
		throw new Error(`a submission was answered ${submitted.status}`);
	const { pathname } = new URL(submitted.location);
	for (;;) {
		const polled = await connection.ask("GET", `${pathname}?wait=30`);
		if (polled.status === 303) return polled.location;
		if (polled.status !== 202)
			throw new Error(`a poll was answered ${polled.status}`);
	}
}
