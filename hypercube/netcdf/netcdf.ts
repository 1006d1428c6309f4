import { UnsupportedField } from "../cube/field.ts";
import { ChunkCache } from "../zarr/cache.ts";
import { type CfCube, cubeOf } from "../zarr/cube.ts";
import type { ZarrMapping } from "../zarr/mapping.ts";
import { classicGroup } from "./classic/group.ts";
import { isRemote, openAt } from "./open.ts";

export interface NetcdfOptions {
	/** A file, or the `http:` or `https:` URL of one in the classic format. */
	readonly location: string;
	readonly mapping?: ZarrMapping | undefined;
	/** Shared by all that one process opens; else one of its own. */
	readonly cache?: ChunkCache | undefined;
}

/** Whether a name is that of a file of NetCDF, rather than of a Zarr. */
export const isNetcdf = (location: string): boolean =>
	/\.(nc|nc3|nc4|cdf|h5|hdf5)$/i.test(
		isRemote(location) ? new URL(location).pathname : location,
	);

/**
 * Opens a file of NetCDF as a hypercube, by the same rules as a Zarr: in the classic format (NetCDF 3: CDF-1, CDF-2, CDF-5)
 * by ranges of its octets, on this machine or behind HTTP; NetCDF 4 (HDF5) on this machine.
 * @throws the signal's reason; what the file system says; RemoteError; UnsupportedField for a file of another kind;
 * BrokenField for a header that contradicts itself
 */
export async function openNetcdf(
	{ location, mapping = {}, cache = new ChunkCache() }: NetcdfOptions,
	signal: AbortSignal,
): Promise<CfCube> {
	const opened = await openAt(location, signal);
	const start = await opened.source.read(0, 8, signal);
	const magic = Buffer.from(start).toString("latin1");
	const name = location.replace(/\?.*$/, "");
	if (magic.startsWith("CDF")) {
		const group = await classicGroup(opened, cache, signal);
		return cubeOf(group, mapping, signal);
	}
	if (magic !== "\x89HDF\r\n\x1a\n")
		throw new UnsupportedField(`${name} is no file of NetCDF`);
	if (isRemote(location))
		throw new UnsupportedField(
			`${name} is NetCDF 4, which is read on this machine only: offer it as a file, as Zarr, or in the classic format`,
		);
	signal.throwIfAborted();
	// Megabytes of WebAssembly that few need.
	const { groupOf } = await import("./group.ts");
	return cubeOf(await groupOf(location, cache), mapping, signal);
}
