import { counter, gauge, histogram, runningTotal } from "./instrument.ts";

// Upper bounds in seconds. Waiting is measured from a moment to a day, calls from half a millisecond to their deadlines.
const CALL_S = [
	0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
	15,
];
const HTTP_S = [
	0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
	60, 300,
];
const WAIT_S = [
	0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14400, 86400,
];

const COLLECTION = "polytope.collection";
const STATUS = "polytope.status";
const REASON = "polytope.reason";
const POOL = "polytope.pool";
const OUTCOME = "polytope.outcome";
const DATASOURCE = "polytope.datasource";
const POOL_NAME = "db.client.connection.pool.name";

/**
 * Every instrument that there is. Names follow OpenTelemetry's conventions where these have one; Prometheus sees dots as
 * underscores, with the unit behind (`polytope_attempt_duration_seconds`). Attributes have few values, all of them known
 * from the configuration or the code: never a user's, never an id.
 */
export const INSTRUMENTS = {
	events: counter("polytope.events", {
		unit: "{event}",
		help: "What happened to requests, by the events of the log: request.accepted, request.processed, lease.lost …",
		labels: ["polytope.event", COLLECTION],
		roles: "store",
	}),
	requestDuration: histogram("polytope.request.duration", {
		unit: "s",
		help: "Time from submission to the end of a request, by how it ended: processed, failed, cancelled.",
		labels: [COLLECTION, STATUS],
		roles: "store",
		buckets: WAIT_S,
	}),
	admission: histogram("polytope.request.admission.duration", {
		unit: "s",
		help: "Time that a request waited before it was admitted to the queue, each time that it was.",
		labels: [COLLECTION],
		roles: "store",
		buckets: WAIT_S,
	}),
	queueing: histogram("polytope.request.queueing.duration", {
		unit: "s",
		help: "Time from admission to a worker's claim.",
		labels: [COLLECTION],
		roles: "store",
		buckets: WAIT_S,
	}),
	retries: counter("polytope.request.retries", {
		unit: "{retry}",
		help: "Requests that wait again, by why: fault (of their datasource), outage (of ours), drained, silent (their worker), restarted (all of us).",
		labels: [COLLECTION, REASON],
		roles: "store",
	}),

	waiting: gauge("polytope.requests.waiting", {
		unit: "{request}",
		help: "Requests that wait, by why: deferred, paused, no_worker, user_limit, collection_limit, workers_busy.",
		labels: [COLLECTION, REASON],
		roles: "broker (the leading one)",
	}),
	inFlight: gauge("polytope.requests.in_flight", {
		unit: "{request}",
		help: "Requests that are queued or processed.",
		labels: [COLLECTION],
		roles: "broker (the leading one)",
	}),
	oldest: gauge("polytope.requests.oldest.age", {
		unit: "s",
		help: "How long the one waits that has waited for longest, of those whose users' limits would let them run; 0: there is none.",
		labels: [COLLECTION],
		roles: "broker (the leading one)",
	}),
	poolSlots: gauge("polytope.pool.slots", {
		unit: "{slot}",
		help: "Slots of the living workers that serve a pool; a worker that serves several counts in each.",
		labels: [POOL],
		roles: "broker (the leading one)",
	}),
	queuePending: gauge("polytope.queue.pending", {
		unit: "{message}",
		help: "Dispatches that no worker has taken yet; on JetStream how far the pool's consumer lags.",
		labels: [POOL],
		roles: "broker (the leading one)",
	}),
	queueInHand: gauge("polytope.queue.in_hand", {
		unit: "{message}",
		help: "Dispatches that were delivered and not acknowledged yet.",
		labels: [POOL],
		roles: "broker (the leading one)",
	}),
	dispatched: counter("polytope.dispatches.sent", {
		unit: "{message}",
		help: "Dispatches that the queue took, by why: admitted, or again.",
		labels: [REASON],
		roles: "broker",
	}),
	undeliverable: counter("polytope.dispatches.undeliverable", {
		unit: "{message}",
		help: "Dispatches that the queue gave up because no worker acknowledged them.",
		labels: [],
		roles: "broker",
	}),
	leading: gauge("polytope.leading", {
		unit: "{leader}",
		help: "1 while this process leads.",
		labels: ["polytope.role"],
		roles: "broker, collector, telemetry",
	}),

	slots: gauge("polytope.worker.slots", {
		unit: "{slot}",
		help: "Requests that this worker can serve at once.",
		labels: [],
		roles: "worker",
	}),
	slotsBusy: gauge("polytope.worker.slots.busy", {
		unit: "{slot}",
		help: "Requests that this worker serves now.",
		labels: [],
		roles: "worker",
	}),
	attempts: histogram("polytope.attempt.duration", {
		unit: "s",
		help: "Attempts from claim to outcome, by it: processed, archived, failed, temporary, released, stopped.",
		labels: [COLLECTION, DATASOURCE, OUTCOME],
		roles: "worker",
		buckets: WAIT_S,
	}),
	bytesRead: counter("polytope.datasource.read", {
		unit: "By",
		help: "Bytes that datasources gave, or took to archive; counted at the end of each attempt.",
		labels: [COLLECTION, DATASOURCE],
		roles: "worker",
	}),
	fieldsRead: counter("polytope.datasource.fields", {
		unit: "{field}",
		help: "Fields in results.",
		labels: [COLLECTION, DATASOURCE],
		roles: "worker",
	}),

	stagingUsed: gauge("polytope.staging.used", {
		unit: "By",
		help: "Bytes of results that are stored. Each staging process counts all of them.",
		labels: [],
		roles: "staging",
	}),
	stagingLimit: gauge("polytope.staging.limit", {
		unit: "By",
		help: "Bytes beyond which staging takes nothing more; 0: no limit.",
		labels: [],
		roles: "staging",
	}),
	stagingObjects: gauge("polytope.staging.objects", {
		unit: "{object}",
		help: "Results that are stored. Each staging process counts all of them.",
		labels: [],
		roles: "staging",
	}),
	bytesServed: counter("polytope.download.sent", {
		unit: "By",
		help: "Bytes of results sent to readers.",
		labels: [],
		roles: "staging",
	}),

	collected: counter("polytope.collector.collected", {
		unit: "{item}",
		help: "What the collector has done, by task: requests requeued, removed for room, expired; uploads failed; objects that dangled; lanes healed.",
		labels: ["polytope.task"],
		roles: "collector",
	}),
	collecting: histogram("polytope.collector.task.duration", {
		unit: "s",
		help: "Passes of the collector, by task and outcome (done, failed).",
		labels: ["polytope.task", OUTCOME],
		roles: "collector",
		buckets: WAIT_S,
	}),

	http: histogram("http.server.request.duration", {
		unit: "s",
		help: "HTTP requests, to the end of the answer; long polls included.",
		labels: ["http.request.method", "http.route", "http.response.status_code"],
		roles: "gateway, staging, telemetry",
		buckets: HTTP_S,
	}),
	httpActive: gauge("http.server.active_requests", {
		unit: "{request}",
		help: "HTTP requests that are being answered.",
		labels: [],
		roles: "gateway, staging, telemetry",
	}),
	rpcServer: histogram("rpc.server.call.duration", {
		unit: "s",
		help: "RPCs that this process answered, near (from the same process) or far; streams to their end.",
		labels: ["rpc.method", "rpc.status_code", "polytope.reach"],
		roles: "all",
		buckets: CALL_S,
	}),
	rpcClient: histogram("rpc.client.call.duration", {
		unit: "s",
		help: "RPCs that this process made to others, with their repetitions; streams to their end.",
		labels: ["rpc.method", "rpc.status_code"],
		roles: "all",
		buckets: CALL_S,
	}),

	// OpenTelemetry calls it `….count`, which to Prometheus is a part of a histogram.
	connections: gauge("db.client.connection.open", {
		unit: "{connection}",
		help: "Connections to PostgreSQL, by state: idle or used.",
		labels: [POOL_NAME, "db.client.connection.state"],
		roles: "store, telemetry",
	}),
	connectionsMost: gauge("db.client.connection.limit", {
		unit: "{connection}",
		help: "Connections to PostgreSQL that there may be.",
		labels: [POOL_NAME],
		roles: "store, telemetry",
	}),
	connectionsWanted: gauge("db.client.connection.pending_requests", {
		unit: "{request}",
		help: "Statements that wait for a connection.",
		labels: [POOL_NAME],
		roles: "store, telemetry",
	}),
	connectionWait: histogram("db.client.connection.wait_time", {
		unit: "s",
		help: "Time until a statement had a connection.",
		labels: [POOL_NAME],
		roles: "store, telemetry",
		buckets: CALL_S,
	}),

	loopDelay: gauge("nodejs.eventloop.delay", {
		unit: "s",
		help: "How late the event loop was since somebody last looked, by statistic: mean, p50, p90, p99, max.",
		labels: ["polytope.statistic"],
		roles: "all",
	}),
	loopUse: gauge("nodejs.eventloop.utilization", {
		unit: "1",
		help: "Share of time in which the event loop was busy since somebody last looked.",
		labels: [],
		roles: "all",
	}),
	cpu: runningTotal("process.cpu.time", {
		unit: "s",
		help: "Processor time, by mode: user or system.",
		labels: ["cpu.mode"],
		roles: "all",
	}),
	memory: gauge("process.memory.usage", {
		unit: "By",
		help: "Resident memory.",
		labels: [],
		roles: "all",
	}),
	heap: gauge("v8js.memory.heap.used", {
		unit: "By",
		help: "Heap in use.",
		labels: [],
		roles: "all",
	}),
	dropped: counter("polytope.telemetry.dropped", {
		unit: "{item}",
		help: "What telemetry lost because nobody took it in time: spans of this process, or messages that the telemetry role sends on (forwarded).",
		labels: ["polytope.signal"],
		roles: "all",
	}),
	uptime: gauge("process.uptime", {
		unit: "s",
		help: "Time since the process started.",
		labels: [],
		roles: "all",
	}),
};
