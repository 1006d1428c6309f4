export const DSN_FORM =
	"expected a DSN such as https://key@sentry.example.org/1, as Sentry gives it";

/** Whether a text says where Sentry is: a URL with a key as its user, and a project's number at its end. */
export const isDsn = (text: string): boolean =>
	/^https?:\/\/[^@/]+@[^/]+\/(?:.*\/)?\d+$/.test(text);
