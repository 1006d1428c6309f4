import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { connect } from "node:net";
import { metrics } from "@opentelemetry/api";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { freePort } from "../../../test/kit/ports.ts";
import { until } from "../../../test/kit/until.ts";
import { measureHttp } from "./http.ts";
import { Scrape } from "./scrape.ts";

let scrape: Scrape;
beforeEach(() => {
	scrape = new Scrape();
	metrics.setGlobalMeterProvider(new MeterProvider({ readers: [scrape] }));
});
afterEach(() => metrics.disable());

/** A door that is measured; gives its address. */
async function open(answer: RequestListener): Promise<string> {
	const measuring = measureHttp();
	const server = createServer((request, response) => {
		measuring.begin(request.method ?? "", response, () => "/things/*");
		answer(request, response);
	});
	const port = await freePort();
	server.listen(port, "127.0.0.1");
	await once(server, "listening");
	onTestFinished(() => {
		measuring[Symbol.dispose]();
		server.closeAllConnections();
		server.close();
	});
	return `http://127.0.0.1:${port}`;
}

/** How many requests were measured, by method and status. */
async function counts(): Promise<Record<string, number>> {
	const found = (await scrape.text()).matchAll(
		/request_duration_seconds_count\{http_request_method="(\w+)",http_route="\/things\/\*",http_response_status_code="(\d+)"\} (\d+)/g,
	);
	return Object.fromEntries(
		[...found].map(([, method, status, count]) => [
			`${method} ${status}`,
			Number(count),
		]),
	);
}

const active = async (): Promise<string | undefined> =>
	/^http_server_active_requests (\d+)/m.exec(await scrape.text())?.[1];

test("each request is counted by its route, not its path, and an odd method as others", async () => {
	const url = await open((_, response) => {
		response.statusCode = 404;
		response.end();
	});
	for (const path of ["/things/1", "/things/2"])
		await (await fetch(url + path)).text();
	await (await fetch(`${url}/things/3`, { method: "PROPFIND" })).text();
	await until("all have ended", async () => (await active()) === "0");
	expect(await counts()).toEqual({ "GET 404": 2, "_OTHER 404": 1 });
});

test("a client that leaves before the end is counted apart, and is active until then", async () => {
	const url = await open((_, response) => {
		response.write("the beginning");
	});
	const { hostname, port } = new URL(url);
	const socket = connect(Number(port), hostname);
	socket.write("GET /things/1 HTTP/1.1\r\nhost: x\r\n\r\n");
	await once(socket, "data");
	expect(await active()).toBe("1");
	socket.destroy();
	await until("it has left", async () => (await active()) === "0");
	expect(await counts()).toEqual({ "GET 499": 1 });
});
