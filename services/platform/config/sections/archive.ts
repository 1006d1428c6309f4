import { z } from "zod";
import { isNetwork } from "../../fetch/addresses.ts";
import { duration, size, text } from "../values.ts";

const HOST =
	/^(?:\*|(?:\*\.)?[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::(?:\d{1,5}|\*))?$/i;

const fetch = z
	.strictObject({
		schemes: z
			.array(z.enum(["https", "http"], { error: "expected https or http" }))
			.meta({
				description: "How data is fetched.",
				kind: "list of https, http",
			})
			.prefault(["https"]),
		hosts: z
			.array(
				z.string().regex(HOST, {
					error:
						"expected a host such as data.example.org, *.example.org, data.example.org:8443 or *",
				}),
			)
			.meta({
				description:
					"From where data is fetched: `data.example.org`, `*.example.org`, `*` for anywhere, with `:port` or `:*` when it is not the scheme's own. None: nothing is fetched.",
				kind: "list of hosts",
			})
			.prefault([]),
		networks: z
			.array(
				text("A network.").refine(isNetwork, {
					error: "expected a network such as 10.1.0.0/16",
				}),
			)
			.meta({
				description:
					"Networks that are not public and from which data is fetched all the same. Otherwise private, local and reserved addresses are refused, whatever name leads there.",
				kind: "list of networks",
			})
			.prefault([]),
	})
	.prefault({});

/** What users give to be archived. Where it goes is a matter of the datasource. */
export const archive = z
	.strictObject({
		size: size("Largest data of one request, uploaded or fetched.").prefault(
			"10GiB",
		),
		timeout: duration("How long one upload or fetch may take.").prefault("1h"),
		fetch,
	})
	.prefault({})
	.meta({
		description:
			"Data that users archive: uploaded, or fetched from a URL that they name.",
	});
