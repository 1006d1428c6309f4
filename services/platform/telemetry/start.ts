import { resourceFromAttributes } from "@opentelemetry/resources";
import {
	ATTR_SERVICE_INSTANCE_ID,
	ATTR_SERVICE_NAME,
	ATTR_SERVICE_VERSION,
} from "@opentelemetry/semantic-conventions";
import type { Log } from "../log.ts";
import { bindGauges } from "./instrument.ts";
import { countLost } from "./lost.ts";
import { watchProcess } from "./process.ts";
import { recordInto } from "./recorded.ts";
import { openSampler } from "./sampling.ts";
import { Scrape } from "./scrape.ts";
import { startSdk } from "./sdk.ts";
import { openTraces, type TracesOptions } from "./traces.ts";

/** Who measures. */
export interface TelemetryOptions {
	/** The roles of this process. */
	readonly roles: readonly string[];
	readonly version: string;
	/** Names this process among all that run. */
	readonly instance: string;
	/** What is traced, and who takes it. */
	readonly traces: TracesOptions;
	readonly log: Log;
}

/** What this process measures. Disposing ends it. */
export interface Telemetry extends AsyncDisposable {
	/** All metrics, as Prometheus's text. */
	readonly metrics: () => Promise<string>;
}

/** Starts OpenTelemetry's SDK for this process: once, and before anything is opened that is to be measured. */
export function startTelemetry(options: TelemetryOptions): Telemetry {
	const scrape = new Scrape();
	const resource = resourceOf(options);
	const { share } = options.traces;
	const { log } = options;
	// The variable of OpenTelemetry's specification, in its meaning.
	const isOff = isDisabled();
	const traces = isOff
		? undefined
		: openTraces(options.traces, resource.attributes);
	const sdk = isOff
		? undefined
		: startSdk({
				resource,
				sampler: openSampler(share),
				reader: scrape,
				processor: traces?.processor,
			});
	if (traces !== undefined) recordInto({ share, ...traces });
	bindGauges();
	countLost("spans", 0);
	const watching = watchProcess();
	return {
		metrics: () => scrape.text(),
		async [Symbol.asyncDispose]() {
			watching[Symbol.dispose]();
			recordInto(undefined);
			await sdk?.[Symbol.asyncDispose]();
			// Who takes spans may be away: the end of a process waits for it only so long.
			const unsent = (await traces?.close()) ?? 0;
			if (unsent > 0)
				log.info(
					{ event: "trace.unsent", count: unsent },
					"the last spans could not be sent",
				);
		},
	};
}

const isDisabled = (): boolean =>
	process.env.OTEL_SDK_DISABLED?.trim().toLowerCase() === "true";

const resourceOf = ({ roles, version, instance }: TelemetryOptions) =>
	resourceFromAttributes({
		[ATTR_SERVICE_NAME]:
			roles.length === 1 ? `polytope-${roles[0]}` : "polytope-server",
		[ATTR_SERVICE_VERSION]: version,
		[ATTR_SERVICE_INSTANCE_ID]: instance,
	});
