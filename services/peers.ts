import { type PeerName, type Peers, SERVICES } from "./platform/role.ts";
import { link, type Place } from "./platform/rpc/link.ts";

/** Clients of all services; each is made when a role first asks for it, and says then where its service is. */
export function openPeers(placeOf: (name: PeerName) => Place): Peers {
	const peer = <Name extends PeerName>(name: Name) =>
		once(() => link(SERVICES[name], placeOf(name)));
	const store = peer("store");
	const staging = peer("staging");
	const identity = peer("identity");
	const worker = peer("worker");
	const broker = peer("broker");
	const telemetry = peer("telemetry");
	return {
		get store() {
			return store();
		},
		get staging() {
			return staging();
		},
		get identity() {
			return identity();
		},
		get worker() {
			return worker();
		},
		get broker() {
			return broker();
		},
		get telemetry() {
			return telemetry();
		},
	};
}

function once<T>(make: () => T): () => T {
	let made: T | undefined;
	return () => {
		made ??= make();
		return made;
	};
}
