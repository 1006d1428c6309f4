/** The pool of collections that name none. */
export const DEFAULT_POOL = "default";
