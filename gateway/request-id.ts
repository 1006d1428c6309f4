/**
 * The id in what stands behind `/requests/`. Users paste whole polling URLs there, as the Python client's documents
 * tell them to, so `http:/host/api/v1/requests/<id>` (slashes collapsed) means its last segment.
 */
export const idOf = (rest: string): string =>
	/^https?:\//i.test(rest) ? (rest.split("/").at(-1) ?? "") : rest;
