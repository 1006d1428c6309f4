import type { ConnectRouter } from "@connectrpc/connect";
import { openPeers } from "./peers.ts";
import type { Config } from "./platform/config/schema.ts";
import type { PeerName, Peers, RoleName } from "./platform/role.ts";
import { openFar } from "./platform/rpc/far.ts";
import type { Place } from "./platform/rpc/link.ts";
import { serveRpc } from "./platform/rpc/serve.ts";
import { readTls } from "./platform/rpc/tls.ts";

type Routes = (router: ConnectRouter) => void;

/** How the services of this process are reached, and those of others. */
export interface Reach {
	/** Clients of all services. A role that is to run here must be open before it is first asked for. */
	readonly peers: Peers;
	/** gRPC URLs: of a role that has its own, and as `grpc` of the process. */
	readonly rpc: ReadonlyMap<RoleName | "grpc", string>;
	/** A role here is open: its peers reach it from now on, in memory or, if `far`, over a gRPC port of its own. */
	offer(name: RoleName, routes: Routes, far: boolean): Promise<void>;
	/** Opens the gRPC port of this process, with all services that were offered. */
	serve(port: number | undefined): Promise<void>;
}

/**
 * @param common what every port offers beside its roles
 * @param stack ends ports and connections
 * @param metrics what this process measures, for those who scrape its ports
 */
export function openReach(
	services: Config["services"],
	common: Routes,
	stack: AsyncDisposableStack,
	metrics?: () => Promise<string>,
): Reach {
	const {
		host,
		token,
		patience: patienceMs,
		scrape_token: scrapeToken,
	} = services;
	const tls = services.tls && readTls(services.tls);
	const guarded = { token, tls, metrics, scrapeToken };
	const here = new Map<RoleName, Routes>();
	const places = new Map<RoleName, Place>();
	const rpc = new Map<RoleName | "grpc", string>();
	// Its own: a link may be made when the stack that holds this one was already handed on.
	const links = stack.use(new AsyncDisposableStack());
	const far = (urls: readonly string[]): Place =>
		links.use(openFar({ urls, token, tls, patienceMs }));

	const placeOf = (name: PeerName): Place => {
		const urls = services[name];
		const place = places.get(name) ?? (urls && far(urls));
		if (place === undefined) throw new Error(`${name} is nowhere`);
		return place;
	};
	return {
		rpc,
		peers: openPeers(placeOf),
		async offer(name, routes, apart) {
			here.set(name, routes);
			if (!apart) {
				places.set(name, { routes });
				return;
			}
			const all: Routes = (router) => {
				routes(router);
				common(router);
			};
			const served = stack.use(await serveRpc(all, guarded));
			rpc.set(name, served.url);
			places.set(name, far([served.url]));
		},
		async serve(port) {
			const all: Routes = (router) => {
				for (const routes of here.values()) routes(router);
				common(router);
			};
			const options = { port, host, ...guarded };
			rpc.set("grpc", stack.use(await serveRpc(all, options)).url);
		},
	};
}
