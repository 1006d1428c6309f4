/** On every answer of the API, errors included: v1's. Data, which staging serves, has headers of its own. */
export const SECURITY = {
	"cache-control": "no-cache, no-store",
	"x-content-type-options": "nosniff",
	"x-frame-options": "DENY",
	"x-xss-protection": "1; mode=block",
} as const;
