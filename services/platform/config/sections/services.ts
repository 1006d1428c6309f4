import { z } from "zod";
import { isLoopback } from "../../loopback.ts";
import { duration, text } from "../values.ts";

const FORM =
	"expected addresses of gRPC ports, such as http://10.0.0.1:9001, without a path";

const address = z
	.string({ error: FORM })
	.refine(isAddress, { error: FORM })
	.transform((url) => url.replace(/\/$/, ""));

/** Where a role is that runs in other processes: one address or several. */
const peer = (description: string) =>
	z
		.union([address.transform((one) => [one]), z.array(address).min(1, FORM)], {
			error: FORM,
		})
		.meta({ description, kind: "URL, or list of URLs" })
		.optional();

function isAddress(value: string): boolean {
	const url = URL.parse(value);
	if (url === null || !/^https?:\/\//.test(value)) return false;
	return (
		url.pathname === "/" &&
		`${url.username}${url.password}${url.search}${url.hash}` === ""
	);
}

const tls = z.strictObject({
	ca: text("File of the authority (PEM) that has signed all certificates."),
	cert: text("File of this process's certificate (PEM)."),
	key: text("File of its private key (PEM)."),
});

/** gRPC between processes. */
export const services = z
	.strictObject({
		host: text(
			"Address on which gRPC ports listen. Anything but loopback needs `token` or `tls`.",
		).prefault("127.0.0.1"),
		token: text(
			"A secret that all processes share: every call must bring it, as header `x-polytope-token`, but those to health and reflection. Best from the environment.",
		).optional(),
		scrape_token: text(
			"Lets whoever brings it, as `Authorization: Bearer …`, read `GET /metrics` on gRPC ports, and nothing else; `token` lets in as well. Without either, all who reach the port may. Best from the environment.",
		).optional(),
		tls: tls.optional(),
		patience: duration(
			"How long a call to another process waits for one that is away, and is tried again where that is safe; a restart should fit in.",
		).prefault("10s"),
		store: peer(
			"Where store is, for roles of other processes. Calls are spread over several addresses, and over all addresses of a name.",
		),
		staging: peer("Where staging is."),
		identity: peer("Where identity is."),
		worker: peer("Where workers are."),
		broker: peer("Where the broker is."),
		telemetry: peer("Where telemetry is, which takes spans over OTLP."),
	})
	.superRefine((said, ctx) => {
		const complain = ([role, url]: Spot, why: string) =>
			ctx.addIssue({
				code: "custom",
				path: [role],
				message: `'${url}' ${why}`,
			});
		const {
			host,
			token,
			scrape_token: _scrape,
			tls,
			patience: _patience,
			...peers
		} = said;
		const spots = Object.entries(peers).flatMap(([role, urls = []]) =>
			urls.map((url): Spot => [role, url]),
		);
		const scheme = tls === undefined ? "http:" : "https:";
		for (const spot of spots)
			if (!spot[1].startsWith(scheme))
				complain(
					spot,
					`must begin with ${scheme}// as 'services.tls' is ${tls ? "set" : "not set"}`,
				);
		if (token !== undefined || tls !== undefined) return;
		const open: Spot[] = [["host", host], ...spots];
		for (const spot of open.filter(([, url]) => !isLoopback(hostOf(url))))
			complain(
				spot,
				"is not this machine alone: set 'services.token' or 'services.tls'",
			);
	})
	.prefault({})
	.meta({
		description:
			"gRPC between processes: how they trust each other, and where the roles are that run elsewhere.",
	});

/** A key of this section and an address that stands there. */
type Spot = readonly [key: string, address: string];

const hostOf = (address: string): string =>
	URL.parse(address)?.hostname ?? address;
