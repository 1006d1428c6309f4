import { z } from "zod";
import { duration, partUrl, text, whole } from "../values.ts";

const url = partUrl(
	"`memory:` serves one process. `nats://host:4222` is JetStream, for many, which also tells all replicas of the store of each other's changes; several servers of one cluster are separated by commas; `tls://` insists on TLS.",
	["memory:", "nats:", "tls:"],
).superRefine((value, ctx) => {
	if (value === "memory:") return;
	for (const one of value.split(",")) {
		const parsed = URL.parse(one.trim());
		const complain = (message: string) =>
			ctx.addIssue({ code: "custom", message });
		if (parsed === null || parsed.hostname === "")
			complain(`'${one.trim()}' is no URL such as nats://host:4222`);
		else if (parsed.username !== "" || parsed.password !== "")
			complain("name and password go into 'user' and 'password'");
	}
});

/** What carries dispatches from broker to workers. */
export const queue = z
	.strictObject({
		url: url.prefault("memory:"),
		user: text("Who we are to NATS.").optional(),
		password: text("The user's password.").optional(),
		token: text("A token instead of user and password.").optional(),
		credentials: text(
			"Path of a `.creds` file (JWT and key) instead of user and password.",
		).optional(),
		tls: z
			.strictObject({
				ca: text("Path of the certificates to trust, PEM.").optional(),
				cert: text("Path of our certificate, PEM.").optional(),
				key: text("Path of our certificate's key, PEM.").optional(),
			})
			.optional()
			.meta({ description: "TLS to NATS; an empty map insists on it." }),
		name: z
			.string()
			.regex(/^[A-Za-z0-9_-]{1,32}$/, {
				error: "a stream's name holds letters, digits, '-' and '_'",
			})
			.meta({
				description:
					"Name of the stream, and first word of its subjects and consumers: another one for each installation that shares a NATS.",
				kind: "text",
			})
			.prefault("polytope"),
		replicas: whole(
			"Servers of the cluster that keep a copy of the stream.",
			1,
			5,
		).prefault(1),
		ack_wait: duration(
			"How long a worker may have a dispatch in hand without claiming it before another one gets it.",
		).prefault("10s"),
		max_deliver: whole(
			"Deliveries after which a dispatch is given up; the broker then rings anew.",
			1,
			1_000_000,
		).prefault(20),
		capacity: whole(
			"Dispatches held at most; more wait in the store.",
			1,
			100_000_000,
		).prefault(100_000),
		in_hand: whole(
			"Dispatches of one pool that workers have in hand at most.",
			1,
			1_000_000,
		).prefault(10_000),
	})
	.prefault({})
	.meta({ description: "What carries dispatches from broker to workers." });
