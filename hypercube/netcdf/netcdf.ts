import { open } from "node:fs/promises";
import { UnsupportedField } from "../cube/field.ts";
import { ChunkCache } from "../zarr/cache.ts";
import { type CfCube, cubeOf } from "../zarr/cube.ts";
import type { ZarrMapping } from "../zarr/mapping.ts";
import { groupOf } from "./group.ts";

export interface NetcdfOptions {
	/** A file of NetCDF 4. */
	readonly path: string;
	readonly mapping?: ZarrMapping | undefined;
	/** Shared by all that one process opens; else one of its own. */
	readonly cache?: ChunkCache | undefined;
}

/** Whether a name is that of a file of NetCDF, rather than of a Zarr. */
export const isNetcdf = (location: string): boolean =>
	/\.(nc|nc4|cdf|h5|hdf5)$/i.test(location) && !/^https?:/i.test(location);

/**
 * Opens a file of NetCDF 4 (HDF5) of this machine as a hypercube, by the same rules as a Zarr.
 * @throws the signal's reason; what the file system says; UnsupportedField for a file of another kind
 */
export async function openNetcdf(
	{ path, mapping = {}, cache = new ChunkCache() }: NetcdfOptions,
	signal: AbortSignal,
): Promise<CfCube> {
	await checkKind(path);
	signal.throwIfAborted();
	return cubeOf(await groupOf(path, cache), mapping, signal);
}

async function checkKind(path: string): Promise<void> {
	await using file = await open(path);
	const { buffer } = await file.read(Buffer.alloc(8), 0, 8, 0);
	const start = buffer.toString("latin1");
	if (start === "\x89HDF\r\n\x1a\n") return;
	throw new UnsupportedField(
		start.startsWith("CDF")
			? `${path} is NetCDF 3: write it as NetCDF 4 (nccopy -k nc4) or Zarr`
			: `${path} is no file of NetCDF 4`,
	);
}
