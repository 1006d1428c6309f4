import { Code, ConnectError, type ConnectRouter } from "@connectrpc/connect";
import { metrics } from "@opentelemetry/api";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { StoreService } from "../../../gen/polytope/store/v1/store_pb.js";
import { until } from "../../../test/kit/until.ts";
import { Scrape } from "../telemetry/scrape.ts";
import { openFar } from "./far.ts";
import { link } from "./link.ts";
import { serveRpc } from "./serve.ts";

let scrape: Scrape;
beforeEach(() => {
	scrape = new Scrape();
	metrics.setGlobalMeterProvider(new MeterProvider({ readers: [scrape] }));
});
afterEach(() => metrics.disable());

const routes = (router: ConnectRouter): void => {
	router.service(StoreService, {
		counts: () => ({}),
		get: () => {
			throw new ConnectError("no", Code.NotFound);
		},
		async *watch() {
			yield {};
		},
	});
};

/** How often each was measured: side, method, status, and how far. */
async function counts(): Promise<Record<string, number>> {
	const found = (await scrape.text()).matchAll(
		/^rpc_(\w+)_call_duration_seconds_count\{rpc_method="[\w.]+\/(\w+)",rpc_status_code="(\w+)"(?:,polytope_reach="(\w+)")?\} (\d+)/gm,
	);
	return Object.fromEntries(
		[...found].map(([, side, method, status, reach = "far", count]) => [
			`${side} ${method} ${status} ${reach}`,
			Number(count),
		]),
	);
}

async function callAll(store: ReturnType<typeof link<typeof StoreService>>) {
	await store.counts({});
	await store.counts({});
	await expect(store.get({ id: "x" })).rejects.toThrow();
	for await (const _ of store.watch({}));
}

test("a call within the process is measured once, where it is answered", async () => {
	await callAll(link(StoreService, { routes }));
	expect(await counts()).toEqual({
		"server Counts OK near": 2,
		"server Get NOT_FOUND near": 1,
		"server Watch OK near": 1,
	});
});

test("a call over the wire is measured at both ends", async () => {
	const served = await serveRpc(routes);
	onTestFinished(() => served[Symbol.asyncDispose]());
	const far = openFar({ urls: [served.url] });
	onTestFinished(() => far[Symbol.dispose]());
	await callAll(link(StoreService, far));
	const wanted = {
		"client Counts OK far": 2,
		"client Get NOT_FOUND far": 1,
		"client Watch OK far": 1,
		"server Counts OK far": 2,
		"server Get NOT_FOUND far": 1,
		"server Watch OK far": 1,
	};
	// The server ends its stream a moment after its reader.
	await until(
		"the server's end",
		async () => "server Watch OK far" in (await counts()),
	);
	expect(await counts()).toEqual(wanted);
});
