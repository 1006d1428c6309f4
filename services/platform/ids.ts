import { randomBytes, randomUUIDv7 } from "node:crypto";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A new request id: a UUID of version 7, so that ids sort by the time of submission. */
export const newRequestId = (): string => randomUUIDv7();

/** Whether a text has the shape of a request id (lower-case UUID). */
export const isRequestId = (text: string): boolean => UUID.test(text);

/** A new staging key: 192 random bits, base64url. Whoever knows it may read what lies there. */
export const newStagingKey = (): string =>
	randomBytes(24).toString("base64url");
