import { afterAll, beforeAll } from "vitest";
import { type S3Server, startS3 } from "../../../test/kit/s3.ts";
import { INSTALL_TIMEOUT } from "../../../test/kit/tools.ts";
import { systemClock } from "../../platform/clock.ts";
import { objectsContract } from "../objects.contract.ts";
import type { Objects } from "../objects.ts";
import { openS3 } from "./open.ts";

let server: S3Server;
let buckets = 0;

beforeAll(async () => {
	server = await startS3();
}, INSTALL_TIMEOUT);
afterAll(() => server[Symbol.asyncDispose]());

const emptyBucket = (): Promise<Objects> =>
	openS3({
		...server,
		url: server.urlOf(`bucket-${++buckets}`),
		clock: systemClock,
	});

objectsContract("S3", emptyBucket);
