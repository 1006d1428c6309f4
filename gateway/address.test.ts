import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { expect, it } from "vitest";
import { addressReader, networkOf } from "./address.ts";

it.each([
	["192.0.2.7", "192.0.2.7"],
	["::ffff:192.0.2.7", "192.0.2.7"],
	["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
	["2001:db8:1:2::6", "2001:db8:1:2::/64"],
	["2001:DB8:0001:2::", "2001:db8:1:2::/64"],
	["2001:db8::1", "2001:db8:0:0::/64"],
	["::1", "0:0:0:0::/64"],
	["fe80::1%eth0", "fe80:0:0:0::/64"],
])("%s is counted as %s", (address, network) => {
	expect(networkOf(address)).toBe(network);
});

function from(peer: string, forwarded?: string): IncomingMessage {
	const socket = new Socket();
	Object.defineProperty(socket, "remoteAddress", { value: peer });
	const request = new IncomingMessage(socket);
	if (forwarded !== undefined) request.headers["x-forwarded-for"] = forwarded;
	return request;
}

it("believes trusted proxies, and nobody else", () => {
	const read = addressReader(["10.0.0.0/8"]);
	expect(read(from("198.51.100.1", "1.2.3.4"))).toBe("198.51.100.1");
	expect(read(from("10.0.0.1", "1.2.3.4"))).toBe("1.2.3.4");
	// What stands before the last address that is no proxy of ours is the client's own invention.
	expect(read(from("10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.2"))).toBe("1.2.3.4");
	expect(read(from("10.0.0.1"))).toBe("10.0.0.1");
});
