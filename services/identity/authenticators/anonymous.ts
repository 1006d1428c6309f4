import type { Authenticator } from "../authenticator.ts";

/** Takes everyone who shows no credentials as one user. */
export const anonymous = (realm: string, username: string): Authenticator => ({
	realm,
	schemes: [],
	recognise: async () => ({ username, attributes: {} }),
});
