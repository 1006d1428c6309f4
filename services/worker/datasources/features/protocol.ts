import type { GribRequest } from "../../../../hypercube/archive/axes.ts";
import type { S3Keys } from "../../../../hypercube/archive/remote/bucket.ts";
import type { RemoteAccess } from "../../../../hypercube/archive/remote/remotes.ts";
import type { FieldTable } from "../../../../hypercube/archive/table.ts";
import type { Limits } from "../../../../hypercube/cube/limits.ts";
import type { Mapping } from "../../../../hypercube/mars/document.ts";
import type { ZarrMapping } from "../../../../hypercube/zarr/mapping.ts";

/** What a thread is asked to cut out, and of what. Plain data. */
export interface Task {
	readonly source:
		| {
				readonly kind: "archive";
				readonly table: FieldTable;
				/** Where indexes lie that cannot lie beside their files. */
				readonly indexFolder: string;
				/** How files elsewhere are reached; left out: there are none. */
				readonly access?: RemoteAccess | undefined;
		  }
		| {
				readonly kind: "zarr";
				/** A folder, or a URL. */
				readonly location: string;
				/** For S3. */
				readonly keys?: S3Keys | undefined;
				readonly mapping: ZarrMapping;
				readonly wishes: GribRequest;
				readonly allowPartial: boolean;
		  };
	readonly feature: Mapping;
	/** The request's keys beside the feature. */
	readonly body: Readonly<Record<string, string>>;
	readonly format: string | undefined;
	readonly profile: string | undefined;
	readonly options: TaskOptions;
}

/** What the configuration says. */
export interface TaskOptions {
	readonly profile: "polytope" | "ogc";
	readonly compatible: boolean;
	readonly maxVertices: number;
	/** Folder of shapes that requests may name. */
	readonly shapes: string | undefined;
	/** Folder of files with the points of unstructured grids. */
	readonly grids: string | undefined;
	readonly limits: Limits;
}

/** An answer, as it is known before it is read. */
export interface Outline {
	readonly mediaType: string;
	readonly fields: number;
	readonly points: number;
	readonly values: number;
	readonly coverages: number;
	readonly bytes: number;
	readonly cold: number;
	readonly most: number;
	readonly exact: boolean;
	readonly grids: readonly string[];
	readonly parameters: readonly string[];
}

/** To a thread. */
export type Order =
	| {
			readonly order: "start";
			readonly id: number;
			readonly task: Task;
			/** Only work out what it would take. */
			readonly dry: boolean;
	  }
	/** Learn of all messages what their first reader would. */
	| {
			readonly order: "learn";
			readonly id: number;
			readonly source: Extract<Task["source"], { kind: "archive" }>;
	  }
	/** The receiver wants one more chunk. */
	| { readonly order: "more"; readonly id: number }
	| { readonly order: "stop"; readonly id: number };

/** From a thread. Each task ends with `end` or `failed`, also one that was stopped. */
export type News =
	/** That a task is to stop: sent at once, so that a thread that reckons on and on is told from one that waits for octets. */
	| { readonly news: "heard"; readonly id: number }
	| { readonly news: "planned"; readonly id: number; readonly outline: Outline }
	| {
			readonly news: "chunk";
			readonly id: number;
			readonly bytes: Uint8Array<ArrayBuffer>;
			/** Fields read so far. */
			readonly fields: number;
	  }
	| { readonly news: "end"; readonly id: number }
	| { readonly news: "failed"; readonly id: number; readonly failure: Failure };

/** Why a task failed: faults of the request, of the data, of a server that may be back soon, or a bug. */
export type Failure =
	| { readonly kind: "request"; readonly faults: readonly string[] }
	| { readonly kind: "data"; readonly message: string }
	| { readonly kind: "away"; readonly message: string }
	| { readonly kind: "bug"; readonly error: unknown };
