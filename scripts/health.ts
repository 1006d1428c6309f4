import { readFileSync } from "node:fs";
import { connect } from "node:http2";
import { parseArgs } from "node:util";

// Asks a gRPC port of this host for its health (grpc.health.v1) and exits with 0 when it serves: for container engines,
// which cannot ask by themselves as Kubernetes does. The few bytes are written out because loading a gRPC library costs
// four times as much processor as the rest, and this runs for ever, in every container.

const TIMEOUT_MS = 3_000;
/** A gRPC message of no bytes: the health of the port as a whole. */
const ASK = Buffer.alloc(5);
/** A gRPC message of two bytes: field 1, `status`, is SERVING. */
const SERVING = Buffer.from([0, 0, 0, 0, 2, 8, 1]);

const { values, positionals } = parseArgs({
	allowPositionals: true,
	// With `services.tls`: the same three files.
	options: {
		ca: { type: "string" },
		cert: { type: "string" },
		key: { type: "string" },
	},
});
const [url = "http://127.0.0.1:9090"] = positionals;

const files = Object.entries(values).map(([name, file]) => [
	name,
	readFileSync(file),
]);
const session = connect(url, {
	...Object.fromEntries(files),
	// It is this very host, whatever name its certificate bears.
	checkServerIdentity: () => undefined,
});
const answer: Buffer[] = [];
const end = (why?: string): void => {
	if (why !== undefined) console.error(`${url}: ${why}`);
	process.exit(why === undefined ? 0 : 1);
};
session.on("error", (reason: Error) => end(reason.message));
session.setTimeout(TIMEOUT_MS, () => end("no answer"));
const call = session.request({
	":method": "POST",
	":path": "/grpc.health.v1.Health/Check",
	"content-type": "application/grpc",
	te: "trailers",
});
call.on("error", (reason) => end(reason.message));
call.on("data", (bytes: Buffer) => answer.push(bytes));
call.on("end", () =>
	end(Buffer.concat(answer).equals(SERVING) ? undefined : "it does not serve"),
);
call.end(ASK);
