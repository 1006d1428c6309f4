/**
 * Every event that a line of log can name, and what it means to whoever runs the server. `docs/logs.md` is written from it.
 * What happens to a request comes from the store, once for each change that was committed.
 */
export const EVENT_NAMES = {
	"request.accepted": "a request was taken; its row exists",
	"request.uploaded": "the data of a request to archive has come",
	"request.admitted": "the broker has let a request through to the workers",
	"request.claimed": "a worker has begun an attempt",
	"request.processed": "a request ended well",
	"request.failed": "a request ended without a result; `reason` says why",
	"request.cancelled": "a user has revoked a request",
	"request.retried":
		"an attempt met a fault that may pass; the request waits for its next try",
	"request.released":
		"an attempt was given back uncounted (a worker or the process ended); the request waits again",
	"request.revived": "an operator lets a failed request be tried again",
	"request.expired": "a request that had ended was removed, with its result",
	"lease.lost":
		"a worker fell silent; its request waits again, or fails when it had enough attempts",

	"process.ready": "all roles of a process serve, at these addresses",
	"process.crashed": "an error that nobody caught ended the process: a bug",
	"process.level":
		"an operator has changed what is logged, until the process ends",
	"part.died": "a part of the process ended by itself; the process ends",
	"start.waits": "what is needed to start is away; it is waited for",
	"trace.unread":
		"the spans of ended requests could not be made: the database did not answer",
	"trace.unsent":
		"a process ended while nobody took its last spans; they are lost",
	"lead.begun": "this process leads now",
	"lead.ended": "this process leads no more",
	"lead.failed": "the store did not say who leads",
	"watch.broken": "the watch on the store broke; it is opened again",

	"attempt.outage":
		"an attempt met an outage of ours; its request is tried again",
	"attempt.failed": "an attempt failed for a reason of ours: a bug",
	"attempt.bug":
		"an attempt ended without an outcome: a bug; its lease runs out",
	"thread.died":
		"a thread that cuts features out has died: of too much memory, of an error, or ended because it did not stop; its requests are tried again",
	"archive.fault":
		"files of an archive that cannot be read, in whole or in part, or messages that others with the same keys hide; a line each, of which the first twenty are told",
	"attempt.lost":
		"an attempt was no longer this worker's; what it made was thrown away",
	"claim.failed":
		"the store did not answer a claim; its dispatches were given back",
	"renew.failed": "the leases could not be renewed",
	"settle.failed": "the store did not take an outcome; it is told again",
	"goodbye.failed": "the store did not hear that a worker ends",
	"abort.failed": "an upload could not be thrown away; the collector finds it",
	"input.stays": "data that was archived stays in staging for now",
	"upload.stays": "a broken upload stays in staging for now",

	"broker.failed": "the broker could not decide; it tries again until it can",
	"explain.failed":
		"the broker did not say why requests wait; users are not told for a while",
	"following.failed":
		"requests whose events are listened to could not be read; it is tried again",
	"paused.failed": "which collections are paused could not be read",
	"gauges.failed": "what waits, for the metrics, could not be read",
	"dispatch.undeliverable":
		"the queue gave a dispatch up that no worker claimed; it is sent again",

	"collector.requeue": "requests of silent workers were given back",
	"collector.room": "results were removed to make room",
	"collector.expire": "requests and results that had their time were removed",
	"collector.uploads": "requests failed whose upload did not come",
	"collector.dangling": "objects that no request knows of were removed",
	"collector.lanes": "lanes were put right",
	"collector.failed": "a step of the collector failed; it is tried again",
	"lanes.healed": "lanes had miscounted their requests: a bug",

	"telemetry.late":
		"usage or spans could not be brought up to date; it is tried again",
	"telemetry.failed": "an operator's question could not be answered",
	"forward.dropped":
		"telemetry could not be sent on; told for the 1st, 2nd, 4th, 8th … message",

	"cache.away":
		"Redis is away; until it is back each process counts limits for itself",
	"cache.back": "Redis is there again",
	"nats.away": "NATS does not answer",
	"nats.lost": "the connection to NATS was lost",
	"nats.back": "NATS is back",
	"nats.error": "NATS complains, mostly of rights",
	"queue.unusable": "JetStream does not answer, or its stream is another one",
	"queue.advisory": "a dispatch that JetStream gave up could not be read",
	"queue.pull": "JetStream did not answer a pull as it should",
	"broadcast.refused": "NATS does not let this process hear the others",
	"relay.strange": "a message on the store's subject is none of a store's",

	"postgres.died": "the embedded PostgreSQL ended unexpectedly",
	"postgres.back": "the embedded PostgreSQL runs again",
	"postgres.unstartable": "the embedded PostgreSQL does not start again yet",

	"download.cut": "a client went away during its download",
	"download.failed": "a result could not be read",
	"http.bug": "a request over HTTP met a bug and was answered 500",
} as const satisfies Readonly<Record<string, string>>;

export type EventName = keyof typeof EVENT_NAMES;
