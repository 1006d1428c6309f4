import { z } from "zod";
import { duration, size, text, whole } from "../values.ts";

const limits = z
	.strictObject({
		body: size("Largest body of a request.").prefault("10MiB"),
		headers: size("Largest header block; long tokens must fit.").prefault(
			"64KiB",
		),
		url: size("Longest request line target.").prefault("16KiB"),
		header_timeout: duration("How long the headers may take.").prefault("15s"),
		request_timeout: duration(
			"How long the whole request, body included, may take.",
		).prefault("5m"),
		keep_alive_timeout: duration(
			"How long an idle connection is kept.",
		).prefault("75s"),
		wait: duration(
			"Longest long poll (`?wait=`, `Prefer: wait=`); more is cut to this.",
		).prefault("60s"),
	})
	.prefault({});

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
					"Proxies whose `X-Forwarded-*` headers are believed: addresses, networks (10.0.0.0/8), or the names loopback, linklocal, uniquelocal.",
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
