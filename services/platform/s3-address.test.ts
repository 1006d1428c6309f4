import { expect, test } from "vitest";
import { endpointOf, parseS3Address } from "./s3-address.ts";

test("an address may be short, and then means AWS's ways", () => {
	const address = parseS3Address("s3://s3.example.org/results");
	expect(address).toEqual({
		host: "s3.example.org",
		port: 0,
		bucket: "results",
		prefix: "",
		tls: true,
		region: "us-east-1",
	});
	expect(endpointOf(address)).toBe("https://s3.example.org");
});

test("an address may say everything", () => {
	const address = parseS3Address(
		"s3://127.0.0.1:9000/results/a/b?tls=false&region=eu-west-1",
	);
	expect(address).toEqual({
		host: "127.0.0.1",
		port: 9000,
		bucket: "results",
		prefix: "a/b/",
		tls: false,
		region: "eu-west-1",
	});
	expect(endpointOf(address)).toBe("http://127.0.0.1:9000");
});

test.each([
	["", "expected s3://"],
	["s3://", "expected s3://"],
	["http://host/bucket", "expected s3://"],
	["s3://host", "no name of a bucket"],
	["s3://host/Bucket", "no name of a bucket"],
	["s3://host/bucket/a%20b", "a prefix cannot have"],
	["s3://key:secret@host/bucket", "not in the URL"],
	["s3://host/bucket?tls=1", "true or false"],
	["s3://host/bucket?acl=public", "no 'acl'"],
	["s3://host/bucket?region=", "no name of a region"],
])("%j is refused", (text, why) => {
	expect(() => parseS3Address(text)).toThrow(why);
});
