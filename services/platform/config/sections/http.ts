import { z } from "zod";
import { text, whole } from "../values.ts";
import { limits } from "./limits.ts";

/** The public door. */
export const http = z
	.strictObject({
		host: text(
			"Address to listen on. Anything but loopback needs `authentication` without the sample users.",
		).prefault("127.0.0.1"),
		port: whole("Port to listen on; 0 picks a free one.", 0, 65535).prefault(
			8080,
		),
		trusted_proxies: z
			.array(text("An address, a network, or loopback/linklocal/uniquelocal."))
			.meta({
				description:
					"Proxies whose `X-Forwarded-*` headers are believed: addresses, networks (10.0.0.0/8), or the names loopback, linklocal, uniquelocal. All who come through another proxy count as one address.",
				kind: "list of text",
			})
			.prefault([]),
		limits,
		reject_status: z
			.union([z.literal(403), z.literal(429)], {
				error: "expected 403 or 429",
			})
			.meta({
				description:
					"Status of a refused submission when there are too many. Today's Python client shows a 403 at once, but sleeps 120 s on a 429.",
				kind: "403 or 429",
			})
			.prefault(403),
	})
	.prefault({})
	.meta({ description: "The gateway's HTTP door." });
