import { z } from "zod";
import { duration, rate, size, whole } from "../values.ts";

const BURST = (description: string) => whole(description, 1, 1_000_000_000);

const submissions = z
	.strictObject({
		rate: rate(
			"How many requests a user may submit in the long run; callers without credentials are counted by address. More are refused with `reject_status`.",
		).prefault("50/s"),
		burst: BURST("How many at once, before the rate counts.").prefault(50_000),
	})
	.prefault({});

const polls = z
	.strictObject({
		rate: rate(
			"How often a user may ask anything else in the long run; callers without credentials are counted by address. Answers to more are held back, never refused.",
		).prefault("500/s"),
		burst: BURST("How many at once, before the rate counts.").prefault(100_000),
		hold: duration("How long an answer is held back at most.").prefault("2s"),
	})
	.prefault({});

const failedSignIns = z
	.strictObject({
		rate: rate(
			"How many wrong credentials an address may show in the long run. After more, only credentials that were right within the last hour are taken from there.",
		).prefault("1/s"),
		burst: BURST("How many at once, before the rate counts.").prefault(100),
	})
	.prefault({});

const events = z
	.strictObject({
		per_user: BURST(
			"How many streams of events a user may read at once, at each gateway. More are refused with `reject_status`.",
		).prefault(1_000),
		total: BURST(
			"How many streams of events a gateway serves at once.",
		).prefault(10_000),
		duration: duration(
			"How long a stream lasts at most; its reader comes back and shows who it is anew.",
		).prefault("1h"),
	})
	.prefault({});

/** What one caller may ask of the gateway: sizes, times, and how often. */
export const limits = z
	.strictObject({
		body: size("Largest body of a request.").prefault("10MiB"),
		headers: size("Largest header block; long tokens must fit.").prefault(
			"64KiB",
		),
		url: size("Longest request line target.").prefault("16KiB"),
		header_timeout: duration("How long the headers may take.").prefault("15s"),
		request_timeout: duration(
			"How long the whole request, body included, may take.",
		).prefault("5m"),
		keep_alive_timeout: duration(
			"How long an idle connection is kept.",
		).prefault("75s"),
		wait: duration(
			"Longest long poll (`?wait=`, `Prefer: wait=`); more is cut to this.",
		).prefault("60s"),
		submissions,
		polls,
		failed_sign_ins: failedSignIns,
		events,
	})
	.prefault({});
