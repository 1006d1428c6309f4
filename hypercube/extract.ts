import { openArchive } from "./archive/archive.ts";
import type { GribRequest } from "./archive/axes.ts";
import { fieldsOf, OpenSources } from "./archive/fields.ts";
import type { S3Keys } from "./archive/remote/bucket.ts";
import { Remotes } from "./archive/remote/remotes.ts";
import { tableOf } from "./archive/table.ts";
import { wishesOf } from "./archive/wishes.ts";
import { formatOf, type Profile } from "./coverage/format.ts";
import { type Answer, answer } from "./cube/answer.ts";
import type { Field } from "./cube/field.ts";
import type { Limits } from "./cube/limits.ts";
import { askedOf } from "./feature/asked.ts";
import type { FeatureOptions } from "./feature/draft.ts";
import { parseFeature } from "./feature/parse.ts";
import { pointsIn } from "./grid/pointsfolder.ts";
import type { Mapping } from "./mars/document.ts";
import { readAll } from "./mars/errors.ts";
import { isNetcdf, openNetcdf } from "./netcdf/netcdf.ts";
import { openZarr } from "./zarr/zarr.ts";

/** What a feature is cut out of. */
export type Source =
	/** GRIB files, folders of them, patterns; URLs of files, `s3://host/bucket/…`, with keys where S3 asks for them. */
	| { readonly grib: readonly string[]; readonly keys?: S3Keys | undefined }
	/** A Zarr, as a folder or a URL; or a file of NetCDF, NetCDF 3 by its URL too. */
	| { readonly zarr: string; readonly keys?: S3Keys | undefined };

export interface ExtractOptions extends FeatureOptions {
	readonly profile?: Profile;
	readonly limits?: Limits;
	/** Folder of files with the points of unstructured grids. */
	readonly grids?: string;
	/** Give what there is where some of the fields asked for are absent. */
	readonly allowPartial?: boolean;
}

/** An answer, and the files that stay open while it is read. */
export interface Extract extends Disposable {
	readonly answer: Answer;
}

/**
 * Cuts a feature out of files: everything that this library does, in one call. What would be read is known on return;
 * it is read when the answer's stream is.
 *
 * @param request MARS keys and values, `feature`, and perhaps `format` and `profile`
 * @throws RequestError that says what cannot be had; UnsupportedField, BrokenField; of servers RemoteError, StoreError
 */
export async function extract(
	source: Source,
	request: Readonly<Record<string, string | Mapping>>,
	options: ExtractOptions = {},
	signal: AbortSignal = new AbortController().signal,
): Promise<Extract> {
	const asked = askedOf(request);
	const [format, compiled] = await readAll(
		() => formatOf(asked.format, asked.profile, options.profile),
		() => parseFeature(asked.feature, asked.keys, options),
	);
	const wishes = wishesOf({ ...asked.keys, ...compiled.keys });
	await using open = new AsyncDisposableStack();
	const sources = open.use(new OpenSources());
	const fields = await chosen({ source, wishes, sources, options }, signal);
	const found = await answer({
		fields,
		compiled,
		format,
		...(options.limits && { limits: options.limits }),
		check: () => signal.throwIfAborted(),
		signal,
	});
	open.move();
	return { answer: found, [Symbol.dispose]: () => sources[Symbol.dispose]() };
}

async function chosen(
	of: {
		readonly source: Source;
		readonly wishes: GribRequest;
		readonly sources: OpenSources;
		readonly options: ExtractOptions;
	},
	signal: AbortSignal,
): Promise<readonly Field[]> {
	const { source, wishes, options } = of;
	if ("zarr" in source) {
		const { zarr: location, keys } = source;
		const cube = isNetcdf(location)
			? await openNetcdf({ location }, signal)
			: await openZarr({ location, keys }, signal);
		return cube.select(wishes, options);
	}
	const access = { path: source.grib, keys: source.keys };
	const archive = await openArchive({ ...access, keep: false }, signal);
	const table = tableOf(await archive.find(wishes, signal, options));
	const around = {
		sources: of.sources,
		remotes: new Remotes(access),
		learnt: { of: () => ({}), keep: () => {} },
		points: options.grids === undefined ? undefined : pointsIn(options.grids),
	};
	return await fieldsOf(table, around, signal);
}
