import { z } from "zod";

const FORM =
	"expected a role, a list of roles, or a map of realm to roles such as {demo: [default]}";
const one = z.string().min(1);
const some = z.union([one, z.array(one)]).transform((roles) => [roles].flat());

/**
 * Who may: any one of these roles. A list holds in every realm; a map holds in the realms it names. Everyone who is
 * authenticated has the role `default`.
 */
export const roles = (description: string) =>
	z
		.union([some, z.record(z.string(), some)], { error: FORM })
		.meta({ description, kind: "roles" });
