import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { startS3 } from "../../../test/kit/s3.ts";
import { INSTALL_TIMEOUT } from "../../../test/kit/tools.ts";
import { until } from "../../../test/kit/until.ts";
import { systemClock } from "../../platform/clock.ts";
import { newStagingKey } from "../../platform/ids.ts";
import { openLog } from "../../platform/log.ts";
import { downloadHandler } from "../http.ts";
import type { Objects } from "../objects.ts";
import { openS3 } from "./open.ts";

const SIZE = 50_000_000;

test(
	"a reader of S3's bytes that takes nothing any more is cut off, and S3 is left alone",
	async () => {
		await using server = await startS3();
		const { objects } = await openS3({
			...server,
			url: server.urlOf("results"),
			clock: systemClock,
		});
		await using _ = objects;
		const key = newStagingKey();
		const upload = { key, mediaType: "application/x-grib", fileName: "x" };
		await objects.put(upload, Buffer.alloc(SIZE));
		const reading = new Set<unknown>();
		const watched: Objects = Object.create(objects, {});
		watched.stat = (of) => objects.stat(of);
		watched.open = async (of, range) => {
			const stream = await objects.open(of, range);
			if (stream !== undefined) {
				reading.add(stream);
				stream.once("close", () => reading.delete(stream));
			}
			return stream;
		};
		const serve = downloadHandler({
			objects: watched,
			log: openLog("warn", { out: process.stderr }),
			stallMs: 1_000,
		});
		const door = createServer((req, res) => void serve(req, res, key, "grib"));
		door.listen(0, "127.0.0.1");
		await once(door, "listening");
		const address = door.address();
		if (address === null || typeof address === "string")
			throw new Error("no port");
		const reader = connect(address.port, "127.0.0.1");
		reader.write("GET /x HTTP/1.1\r\nHost: x\r\n\r\n");
		await once(reader, "data");
		reader.pause();
		expect(reading.size).toBe(1);
		await until("it is cut off", () => reading.size === 0, 20_000);
		reader.destroy();
		door.close();
	},
	INSTALL_TIMEOUT,
);
