import { faultOf } from "../../platform/faults.ts";
import type { TelemetryCall } from "../../platform/telemetry-door.ts";
import { Refusal } from "./problem.ts";

const CHALLENGE = { "www-authenticate": "Basic" };

const unknown = (detail: string): Refusal =>
	new Refusal(401, detail, CHALLENGE);

/**
 * Lets in who shows Basic credentials and has one of the roles. The texts are polytope-server v1's.
 *
 * @throws Refusal
 */
export async function admit(
	{ authorization, identify }: TelemetryCall,
	roles: readonly string[],
): Promise<void> {
	if (authorization === undefined || authorization.trim() === "")
		throw unknown("Missing Basic Auth credentials");
	if (!/^basic\s/i.test(authorization))
		throw unknown("Invalid Auth scheme (Basic required)");
	const caller = await identify().catch((reason) => {
		const known = faultOf(reason)?.name;
		if (known === "UNAUTHENTICATED") throw unknown("Invalid credentials");
		throw reason;
	});
	if (!caller.roles.some((role) => roles.includes(role)))
		throw new Refusal(403, "Telemetry access denied");
}
