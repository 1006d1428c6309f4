import { z } from "zod";
import { parseS3Address, S3_FORM } from "../../s3-address.ts";
import { duration, partUrl, publicUrl, size, text } from "../values.ts";

const DELIVERIES = ["staging", "public", "presigned"] as const;
/** What S3 allows. */
const WEEK_MS = 7 * 86_400_000;

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
		delivery: z
			.enum(DELIVERIES, { error: `expected one of ${DELIVERIES.join(", ")}` })
			.meta({
				description:
					"How readers get results: `staging` through staging itself, at an unguessable address; `public` from the bucket, which anybody may read who knows an object's unguessable name; `presigned` from S3, at an address signed for each poll. The latter two need `s3:`. With `presigned`, HEAD is refused by S3.",
				kind: DELIVERIES.join(", "),
			})
			.prefault("staging"),
		public_url: publicUrl(
			"Address under which clients reach results, when it is not `public_url`: of staging's door, with `public` of the bucket, with `presigned` of the S3 server.",
		).optional(),
		link_time: duration(
			"How long a presigned address is valid, at most 7 days.",
		).prefault("1h"),
		stall_time: duration(
			"How long a client may take nothing of its download before it is cut off.",
		).prefault("60s"),
		max_result: size(
			"Bytes that one result may have; 0: as many as there is room for.",
		).prefault(0),
	})
	.superRefine(checkS3)
	.prefault({})
	.meta({ description: "Where results wait to be downloaded." });

interface Settings {
	readonly url: string;
	readonly delivery: string;
	readonly link_time: number;
	readonly access_key?: string | undefined;
	readonly secret_key?: string | undefined;
}

function checkS3(staging: Settings, ctx: z.RefinementCtx): void {
	const complain = (key: string, message: string): void =>
		ctx.addIssue({ code: "custom", path: [key], message });
	if (staging.link_time < 1000 || staging.link_time > WEEK_MS)
		complain("link_time", "must be from 1s to 7 days");
	if (!staging.url.startsWith("s3:")) {
		if (staging.delivery !== "staging")
			complain("delivery", `'${staging.delivery}' needs results on S3 (s3:)`);
		return;
	}
	try {
		parseS3Address(staging.url);
	} catch (reason) {
		complain("url", reason instanceof Error ? reason.message : S3_FORM);
	}
	for (const key of ["access_key", "secret_key"] as const)
		if (staging[key] === undefined)
			complain(key, `S3 needs '${key}', for instance from the environment`);
}
