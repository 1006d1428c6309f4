import { ChangedFile } from "../../../../hypercube/bytes/changed.ts";
import { RemoteError } from "../../../../hypercube/bytes/range.ts";
import {
	BrokenField,
	UnsupportedField,
} from "../../../../hypercube/cube/field.ts";
import { RequestError } from "../../../../hypercube/mars/errors.ts";
import { StoreError } from "../../../../hypercube/zarr/store/store.ts";
import { DatasourceError } from "../datasource.ts";
import type { Failure } from "./protocol.ts";

/** What crosses from a thread of what was thrown there. */
export function failureOf(error: unknown): Failure {
	if (error instanceof RequestError)
		return { kind: "request", faults: error.faults };
	if (error instanceof UnsupportedField)
		return {
			kind: "data",
			message: `the data cannot be read: ${error.message}`,
		};
	if (error instanceof BrokenField)
		return { kind: "data", message: `the data is broken: ${error.message}` };
	if (error instanceof ChangedFile)
		return { kind: "away", message: error.message };
	if (error instanceof StoreError || error instanceof RemoteError)
		return {
			kind: error.temporary ? "away" : "data",
			message: error.message,
		};
	return { kind: "bug", error };
}

/** The error that a failure stands for, on the other side. */
export function errorOf(failure: Failure): unknown {
	switch (failure.kind) {
		case "request":
			return new RequestError(failure.faults);
		case "data":
			return new DatasourceError(failure.message);
		case "away":
			return new DatasourceError(failure.message, { retry: true });
		case "bug":
			return failure.error;
	}
}
