import { pause } from "../../platform/wait.ts";
import { type Datasource, DatasourceError, type Job } from "./datasource.ts";

const CHUNK = 2 * 1024 * 1024;
const UNITS: Readonly<Record<string, number>> = {
	"": 1,
	b: 1,
	kb: 1e3,
	mb: 1e6,
	gb: 1e9,
	tb: 1e12,
	kib: 2 ** 10,
	mib: 2 ** 20,
	gib: 2 ** 30,
	tib: 2 ** 40,
};

/**
 * So many bytes of `x`: the request is an integer, or says `size`: an integer, or a number with a unit (MB = 10⁶, MiB = 2²⁰).
 *
 * @param paceMs pause before every 2 MiB
 */
export const openDummy = (paceMs = 0): Datasource => ({
	retrieve: (job, signal) => {
		const length = sizeOf(job);
		return Promise.resolve({
			mediaType: "application/x-grib",
			length,
			stream: filler(length, paceMs, signal),
		});
	},
});

async function* filler(
	length: number,
	paceMs: number,
	signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
	const chunk = Buffer.alloc(Math.min(CHUNK, length), "x");
	for (let left = length; left > 0; left -= CHUNK) {
		if (paceMs > 0) await pause(paceMs, signal);
		signal.throwIfAborted();
		yield left < CHUNK ? chunk.subarray(0, left) : chunk;
	}
}

const EXPECTED =
	"Request should be an integer (size of random data to generate), or have a 'size' such as 10MB or 1GiB";

function sizeOf({ request, posted }: Job): number {
	const text = typeof request.size === "string" ? request.size : posted;
	const [, digits, unit = ""] =
		/^\s*["']?(-?\d+(?:\.\d+)?)\s*([a-z]*)["']?\s*$/i.exec(text) ?? [];
	const factor = UNITS[unit.toLowerCase()];
	if (digits === undefined || factor === undefined)
		throw new DatasourceError(`${EXPECTED}; not '${text.slice(0, 100)}'`);
	const size = Number(digits) * factor;
	if (size < 0) throw new DatasourceError("Size must be non-negative");
	if (!Number.isSafeInteger(size))
		throw new DatasourceError(`${EXPECTED}; not '${text.slice(0, 100)}'`);
	return size;
}
