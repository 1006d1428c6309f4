/**
 * `npm run conformance -- FILE…`: compares the keys and values of GRIB files with what ecCodes reads, with a Python that has ecCodes:
 * POLYTOPE_PYTHON, or one from the tests' tools.
 */
import { python } from "../test/kit/python.ts";

process.env.POLYTOPE_PYTHON ??= await python("eccodes");
await import("../hypercube/grib/conformance.ts");
await import("../hypercube/grid/conformance.ts");
