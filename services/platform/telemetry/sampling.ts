import {
	type Attributes,
	type Context,
	type Link,
	ROOT_CONTEXT,
	type SpanKind,
	TraceFlags,
} from "@opentelemetry/api";
import {
	ParentBasedSampler,
	type Sampler,
	SamplingDecision,
	type SamplingResult,
	TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace";
import { ATTRIBUTE } from "./names.ts";

/**
 * Spans of the life of a request are always kept; all others when their parent is, and of those without a parent a
 * share.
 */
export function openSampler(share: number): Sampler {
	const inner = new ParentBasedSampler({
		root: new TraceIdRatioBasedSampler(share),
	});
	return {
		shouldSample(
			within: Context,
			traceId: string,
			name: string,
			kind: SpanKind,
			attributes: Attributes,
			links: Link[],
		): SamplingResult {
			if (attributes[ATTRIBUTE.lifecycle] === true)
				return { decision: SamplingDecision.RECORD_AND_SAMPLED };
			return inner.shouldSample(within, traceId, name, kind, attributes, links);
		},
		toString: () => `Lifecycle or ${inner}`,
	};
}

/** The flags that say whether inner spans of a new trace are wanted: the same in every process for the same trace. */
export function flagsOf(traceId: string, share: number): TraceFlags {
	const { decision } = new TraceIdRatioBasedSampler(share).shouldSample(
		ROOT_CONTEXT,
		traceId,
	);
	return decision === SamplingDecision.RECORD_AND_SAMPLED
		? TraceFlags.SAMPLED
		: TraceFlags.NONE;
}
