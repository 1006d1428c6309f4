import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import {
	type Request,
	RequestSchema,
	Status,
} from "../../gen/polytope/store/v1/store_pb.js";
import { failureOf, pendingView, readyView } from "./poll.ts";
import { requestRecord, requestView } from "./request.ts";

const ID = "019aa6d0-0000-7000-8000-000000000001";
const at = (ms: number) => timestampFromMs(ms);
const request = (
	init: Partial<
		Pick<Request, "status" | "hidden" | "userMessage" | "coerced">
	> = {},
) =>
	create(RequestSchema, {
		id: ID,
		user: {
			id: "u",
			username: "demo",
			realm: "r",
			roles: ["default"],
			attributes: { "ecmwf-apikey": "s3cret", country: "int" },
		},
		collection: "sample",
		verb: "retrieve",
		status: Status.PROCESSED,
		attempt: 2,
		posted: "class: od",
		coerced: '{"class":"od"}',
		datasource: "grib",
		userMessage: "Success",
		createdAt: at(1_000_500),
		modifiedAt: at(1_002_000),
		history: [
			{ status: Status.WAITING, at: at(1_000_500) },
			{ status: Status.QUEUED, at: at(1_001_000), attempt: 1 },
			{
				status: Status.WAITING,
				at: at(1_001_250),
				attempt: 1,
				reason: "the lease ran out",
			},
			{ status: Status.QUEUED, at: at(1_001_500), attempt: 2 },
		],
		result: {
			key: "capability",
			mediaType: "application/x-grib",
			length: 12n,
			sha256: "a",
			md5: "b",
		},
		progressBytes: 12n,
		...init,
	});

test("a record has what v1 shows, and no secret", () => {
	const record = requestView(request(), "https://door");
	expect(requestRecord.parse(record)).toEqual(record);
	expect(record).toMatchObject({
		id: ID,
		timestamp: 1000.5,
		last_modified: 1002,
		md5: "b",
		status: "processed",
		user_request: "class: od",
		coerced_request: { class: "od" },
		content_length: 12,
		content_type: "application/x-grib",
		status_history: { waiting: 1000.5, queued: 1001 },
		url: `https://door/api/v1/downloads/${ID}`,
	});
	expect(
		record.history.filter(({ status }) => status === "queued"),
	).toHaveLength(2);
	expect(record.user.attributes).toEqual({
		"ecmwf-apikey": "********",
		country: "int",
	});
	expect(JSON.stringify(record)).not.toMatch(/s3cret|capability/);
});

test("a record of a request that has no result yet has v1's defaults", () => {
	const { result: _, ...waiting } = request({
		status: Status.WAITING,
		coerced: "",
	});
	expect(requestView({ ...waiting }, "")).toMatchObject({
		url: "",
		md5: null,
		content_length: null,
		content_type: "application/octet-stream",
		coerced_request: {},
		status: "waiting",
	});
});

test.each([
	[Status.WAITING, "queued", "Request queued"],
	[Status.QUEUED, "queued", "Request queued"],
	[Status.UPLOADING, "uploading", "Request uploading"],
	[Status.PROCESSING, "processing", "Processing..."],
])("status %i is told as %s", (status, word, message) => {
	const pending = request({ status, userMessage: "" });
	expect(pendingView(pending)).toEqual({ message, status: word });
	expect(failureOf(pending)).toBeUndefined();
});

test.each([Status.PROCESSED, Status.FAILED, Status.CANCELLED])(
	"status %i is never a 202",
	(status) => {
		expect(pendingView(request({ status }))).toBeUndefined();
	},
);

test("how requests end", () => {
	expect(failureOf(request())).toBeUndefined();
	expect(
		failureOf(request({ status: Status.FAILED, userMessage: "no such field" })),
	).toMatchObject({
		status: 400,
		message: "Request failed with error:\nno such field",
	});
	expect(
		failureOf(request({ status: Status.CANCELLED, userMessage: "why" })),
	).toMatchObject({ status: 400, message: "why" });
	expect(
		failureOf(request({ status: Status.CANCELLED, hidden: true })),
	).toMatchObject({ status: 404 });
});

test("a 303 says how much of what lies where", () => {
	const { result } = request();
	if (result === undefined) throw new Error("no result");
	expect(readyView(result, "https://x/y.grib")).toEqual({
		contentLength: 12,
		contentType: "application/x-grib",
		location: "https://x/y.grib",
	});
});
