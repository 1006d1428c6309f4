import { steadyClock } from "../platform/clock.ts";
import type { StagingContext, StagingImpl, StagingOptions } from "./context.ts";
import { throughStaging } from "./delivery.ts";
import { openKnown } from "./known.ts";
import { openRoom } from "./room.ts";
import { abort } from "./rpc/abort.ts";
import { begin } from "./rpc/begin.ts";
import { commit } from "./rpc/commit.ts";
import { remove } from "./rpc/delete.ts";
import { list } from "./rpc/list.ts";
import { locate, locateMany } from "./rpc/locate.ts";
import { parts } from "./rpc/parts.ts";
import { put } from "./rpc/put.ts";
import { read } from "./rpc/read.ts";
import { stat } from "./rpc/stat.ts";
import { usage } from "./rpc/usage.ts";
import { write } from "./rpc/write.ts";

/** The staging service over one place of objects; staging.proto says what each RPC promises. */
export function stagingService(options: StagingOptions): StagingImpl {
	const room = openRoom(options.objects, { maxResult: 0, ...options });
	const context: StagingContext = {
		...options,
		room,
		known: openKnown(options.objects, options.clock ?? steadyClock),
		deliver: options.deliver ?? throughStaging(undefined),
	};
	return {
		begin: begin(context),
		parts: parts(context),
		write: write(context),
		commit: commit(context),
		put: put(context),
		abort: abort(context),
		stat: stat(context),
		read: read(context),
		locate: locate(context),
		locateMany: locateMany(context),
		delete: remove(context),
		list: list(context),
		usage: usage(context),
	};
}
