import { type ArchiveFault, openArchive } from "./archive/archive.ts";
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
import { RequestError, readAll } from "./mars/errors.ts";
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
	/** What of the source cannot be read, or is hidden: a line each. */
	readonly faults: readonly string[];
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
	const { fields, faults } = await chosen(
		{ source, wishes, sources, options },
		signal,
	);
	const found = await answer({
		fields,
		compiled,
		format,
		...(options.limits && { limits: options.limits }),
		check: () => signal.throwIfAborted(),
		signal,
	});
	open.move();
	return {
		answer: found,
		faults,
		[Symbol.dispose]: () => sources[Symbol.dispose](),
	};
}

interface Chosen {
	readonly fields: readonly Field[];
	readonly faults: readonly string[];
}

async function chosen(
	of: {
		readonly source: Source;
		readonly wishes: GribRequest;
		readonly sources: OpenSources;
		readonly options: ExtractOptions;
	},
	signal: AbortSignal,
): Promise<Chosen> {
	const { source, wishes, options } = of;
	if ("zarr" in source) {
		const { zarr: location, keys } = source;
		const cube = isNetcdf(location)
			? await openNetcdf({ location }, signal)
			: await openZarr({ location, keys }, signal);
		const faults = cube
			.faults()
			.map(({ variable, reason }) => `${variable}: ${reason}`);
		try {
			return { fields: cube.select(wishes, options), faults };
		} catch (reason) {
			throw withFaults(reason, faults);
		}
	}
	const access = { path: source.grib, keys: source.keys };
	const archive = await openArchive({ ...access, keep: false }, signal);
	const parts = await archive.find(wishes, signal, options).catch((reason) => {
		throw withFaults(reason, archive.faults().map(faultText));
	});
	const around = {
		sources: of.sources,
		remotes: new Remotes(access),
		learnt: { of: () => ({}), keep: () => {} },
		points: options.grids === undefined ? undefined : pointsIn(options.grids),
	};
	const fields = await fieldsOf(tableOf(parts), around, signal);
	return { fields, faults: archive.faults().map(faultText) };
}

/** A request that cannot be answered, with what may be the reason: a file that is not there, or cannot be read. */
const withFaults = (reason: unknown, faults: readonly string[]): unknown =>
	reason instanceof RequestError && faults.length > 0
		? new RequestError([...reason.faults, ...faults])
		: reason;

const faultText = (fault: ArchiveFault): string =>
	`${fault.file}${fault.offset === undefined ? "" : ` at ${fault.offset}`}: ${fault.reason}`;
