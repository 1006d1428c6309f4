import { z } from "zod";
import { parseS3Address, S3_FORM } from "../../s3-address.ts";
import { partUrl, publicUrl, size, text } from "../values.ts";

/** Where result bytes wait for their readers. */
export const staging = z
	.strictObject({
		url: partUrl(
			"`file:` is a folder under the data folder, `file:/srv/staging` another one, which several processes may share; `s3://host:port/bucket/prefix?tls=false&region=NAME` is a bucket of any S3 server (port, prefix and query may be left out).",
			["file:", "s3:"],
		).prefault("file:"),
		access_key: text(
			"Access key for S3, best read from the environment.",
		).optional(),
		secret_key: text(
			"Secret key for S3, best read from the environment.",
		).optional(),
		public_url: publicUrl(
			"Address under which clients reach staging, when it is not `public_url`.",
		).optional(),
		max_result: size(
			"Bytes that one result may have; 0: as many as there is room for.",
		).prefault(0),
	})
	.superRefine(checkS3)
	.prefault({})
	.meta({ description: "Where results wait to be downloaded." });

interface Keys {
	readonly url: string;
	readonly access_key?: string | undefined;
	readonly secret_key?: string | undefined;
}

function checkS3(staging: Keys, ctx: z.RefinementCtx): void {
	if (!staging.url.startsWith("s3:")) return;
	const complain = (key: string, message: string): void =>
		ctx.addIssue({ code: "custom", path: [key], message });
	try {
		parseS3Address(staging.url);
	} catch (reason) {
		complain("url", reason instanceof Error ? reason.message : S3_FORM);
	}
	for (const key of ["access_key", "secret_key"] as const)
		if (staging[key] === undefined)
			complain(key, `S3 needs '${key}', for instance from the environment`);
}
