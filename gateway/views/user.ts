import type { CountsResponse } from "../../gen/polytope/store/v1/store_pb.js";

/** How many requests are waiting or in flight, as text: polytope-client prints only text. */
export const liveRequests = ({ counts }: CountsResponse): string =>
	String(
		counts.reduce(
			(sum, { waiting, deferred, inFlight }) =>
				sum + waiting + deferred + inFlight,
			0n,
		),
	);
