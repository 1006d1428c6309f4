import { DatasourceError } from "../datasource.ts";

/** Why a thread has ended before its work. */
export type Death =
	/** It threw what nobody caught, or took too much memory. */
	| { readonly kind: "error"; readonly error: unknown }
	/** It did not hear that a task is to stop. */
	| { readonly kind: "deaf"; readonly forMs: number }
	| { readonly kind: "exit" };

/**
 * What the tasks of a thread that died fail with. Which of them was too much for it, nobody knows: all are tried again, as
 * often as a datasource's temporary faults are.
 */
export function lostBy(death: Death): DatasourceError {
	const cause = death.kind === "error" ? { cause: death.error } : {};
	return new DatasourceError(
		`${inWords(death)}; if this comes again, ask for less at once`,
		{
			retry: true,
			...cause,
		},
	);
}

function inWords(death: Death): string {
	if (death.kind === "deaf")
		return "what was cut out beside it did not stop and was ended, and it too";
	const spent =
		death.kind === "error" &&
		death.error instanceof Error &&
		"code" in death.error &&
		death.error.code === "ERR_WORKER_OUT_OF_MEMORY";
	return spent
		? "there was not enough memory to cut it out"
		: "what cuts it out broke down";
}
