import { fromBinary } from "@bufbuild/protobuf";
import { ExportTraceServiceRequestSchema } from "../../gen/opentelemetry/proto/collector/trace/v1/trace_service_pb.js";
import { type Leadership, lead } from "../platform/lead.ts";
import { openScrub } from "../platform/log/scrub.ts";
import { secretsIn } from "../platform/log/secrets.ts";
import { patiently } from "../platform/patiently.ts";
import type { Around, OpenRole } from "../platform/role.ts";
import { tokenChecker } from "../platform/rpc/secret.ts";
import { receiveNear } from "../platform/telemetry/near.ts";
import { pause } from "../platform/wait.ts";
import { openDatabase } from "./database.ts";
import { openForward } from "./forward.ts";
import { openAnswers } from "./http/answer.ts";
import { openDoor } from "./http/door.ts";
import { otlpRoutes } from "./otlp/grpc.ts";
import { otlpHandler } from "./otlp/http.ts";
import { openReceiver, type Receiver } from "./otlp/receiver.ts";
import { openSpanKeeper } from "./spans/keeper.ts";
import { usageReader } from "./usage/read.ts";
import { type RollContext, roll } from "./usage/roll.ts";

type Here = Around<"store" | "identity", "database">;

/** Telemetry: takes OTLP, keeps inner spans and usage, and tells operators about requests. */
export async function openTelemetryRole(around: Here): Promise<OpenRole> {
	const { config, clock, log, parts, peers, stack, loop } = around;
	const settings = config.telemetry;
	const db = await patiently(around, "PostgreSQL", () =>
		openDatabase(
			settings.store === undefined
				? parts.database.connection
				: { connectionString: settings.store },
			databaseSettings(around),
		),
	);
	stack.defer(() => db.destroy());
	const keeper = openSpanKeeper(db, clock, {
		ageMs: settings.spans.age,
		most: settings.spans.most,
	});
	const forward = settings.forward && openForward(settings.forward, log);
	if (forward !== undefined) loop((signal) => forward.run(signal));
	const receiver = openReceiver(keeper, forward);
	stack.use(receiveNear((request) => takeNear(receiver, request)));
	const kept = {
		minute: settings.usage.minutes,
		hour: settings.usage.hours,
		day: settings.usage.days,
	};
	const { store } = peers;
	const usage = usageReader(db, () => clock.now(), kept);
	keepUp(around, { db, store, kept }, () => keeper.tidy());
	const telemetry = openAnswers({
		...{ db, store, usage, keeper, receiver, forward },
		...{ config, clock, log, version: around.version },
		scrub: openScrub(secretsIn(config)),
	});
	const door = around.roles.has("gateway")
		? undefined
		: stack.use(
				await openDoor({
					...{ http: config.http, telemetry, identity: peers.identity },
					...{ log, version: around.version },
					otlp: otlpHandler({
						receiver,
						most: settings.max_body,
						trusts: tokenChecker(config.services.token),
					}),
				}),
			);
	return {
		routes: otlpRoutes(receiver, settings.max_body),
		telemetry,
		...(door && { url: door.url }),
	};
}

/** Spans of this process are taken like all others. */
async function takeNear(
	receiver: Receiver,
	request: Uint8Array,
): Promise<void> {
	await receiver.traces(fromBinary(ExportTraceServiceRequestSchema, request));
}

/** Every so many times usage is counted as far back as a commit may come late. */
const LATE_TIMES = 6;

/** What the leader of the telemetry processes does, again and again. */
function keepUp(
	{ config, instance, log, loop, peers }: Here,
	ctx: Omit<RollContext, "clock">,
	tidy: () => Promise<number>,
): void {
	const attempt = async (what: string, step: () => Promise<unknown>) => {
		await step().catch((reason) =>
			log.warn(
				{ event: "telemetry.late", what, err: reason },
				"telemetry could not be brought up to date; it is tried again",
			),
		);
	};
	const work = async (
		{ clock }: Leadership,
		signal: AbortSignal,
	): Promise<void> => {
		for (let time = 0; !signal.aborted; time += 1) {
			const late = time % LATE_TIMES === 0;
			await attempt("usage", () => roll({ ...ctx, clock }, signal, late));
			await attempt("spans", tidy);
			await pause(config.telemetry.usage.interval, signal);
		}
	};
	const candidate = {
		store: peers.store,
		role: "telemetry" as const,
		shard: "all",
		holder: instance,
		leaseMs: config.lease.leader,
		log,
	};
	loop((signal) => lead(candidate, work, signal));
}

const databaseSettings = ({ config: { store, telemetry } }: Here) => ({
	connections: telemetry.connections,
	patienceMs: store.patience,
	connectMs: store.connect_timeout,
	statementMs: store.statement_timeout,
	lockMs: store.lock_timeout,
	name: `${store.application_name}-telemetry`,
});
