import { newStagingKey } from "../../platform/ids.ts";
import { endpointOf, type S3Address } from "../../platform/s3-address.ts";
import type { Bucket } from "./bucket.ts";
import type { S3Client } from "./client.ts";
import { codeOf } from "./faults.ts";
import type { Names } from "./names.ts";

interface Published {
	readonly client: S3Client;
	readonly bucket: Bucket;
	readonly names: Names;
	readonly address: S3Address;
}

/**
 * Sees to it that anybody can read a result whose name they know, and that nobody can list them. A bucket without a
 * policy gets one; a policy that somebody else wrote is left as it is.
 * @throws Error that says what is missing
 */
export async function publishResults(it: Published): Promise<void> {
	if (await isPublic(it)) return;
	const statement = readStatement(it);
	if (await hasPolicy(it))
		throw new Error(
			`staging.delivery: results in bucket '${it.bucket.name}' cannot be read without credentials, and its policy is not ours to change; add the statement ${JSON.stringify(statement)}`,
		);
	const policy = { Version: "2012-10-17", Statement: [statement] };
	try {
		await it.client.setBucketPolicy(it.bucket.name, JSON.stringify(policy));
	} catch (reason) {
		throw new Error(
			`staging.delivery: bucket '${it.bucket.name}' cannot be given the policy ${JSON.stringify(policy)}: ${codeOf(reason)}`,
			{ cause: reason },
		);
	}
	if (!(await isPublic(it)))
		throw new Error(
			`staging.delivery: bucket '${it.bucket.name}' took a policy, but its results still cannot be read without credentials; does the server allow public objects?`,
		);
}

const readStatement = ({ bucket, names }: Published) => ({
	Effect: "Allow",
	Principal: "*",
	Action: ["s3:GetObject"],
	Resource: [`arn:aws:s3:::${bucket.name}/${names.results}*`],
});

async function hasPolicy({ client, bucket }: Published): Promise<boolean> {
	try {
		return (await client.getBucketPolicy(bucket.name)) !== "";
	} catch (reason) {
		if (codeOf(reason) === "NoSuchBucketPolicy") return false;
		throw reason;
	}
}

async function isPublic({
	bucket,
	names,
	address,
}: Published): Promise<boolean> {
	const name = names.result(newStagingKey());
	await bucket.put(name, Buffer.from("probe"));
	try {
		const url = `${endpointOf(address)}/${bucket.name}/${name}`;
		const answer = await fetch(url);
		await answer.arrayBuffer();
		return answer.status === 200;
	} finally {
		await bucket.remove([name]);
	}
}
