"""
Writes one file of GRIB messages: every packing that ecCodes can write or read, with many widths, with and without
missing values, and with decimal scaling. Prints how many of each there are.
"""

import json
import math
import random
import sys
from collections import Counter

import eccodes

sys.dont_write_bytecode = True
import second_order  # noqa: E402

NI, NJ = 37, 23
POINTS = NI * NJ
MISSING = 9999.0
PACKINGS = {
    "regular_ll_pl_grib1": ["grid_simple"],
    "regular_ll_pl_grib2": [
        "grid_simple",
        "grid_ieee",
        "grid_ccsds",
        "grid_complex",
        "grid_complex_spatial_differencing",
        "grid_jpeg",
        "grid_png",
    ],
}
# What ecCodes takes for each; it dies where it does not like the width of an image.
WIDTHS = {
    "grid_png": [1, 2, 4, 8, 12, 16, 24, 32],
    "grid_jpeg": [1, 2, 5, 8, 9, 12, 15, 16, 17, 18, 20, 21, 24, 25],
    "grid_ieee": [32, 64],
    "grid_ccsds": [1, 2, 3, 5, 8, 9, 12, 15, 16, 17, 20, 24, 25, 30, 31, 32],
}
OTHERS = [1, 2, 3, 5, 7, 8, 9, 12, 15, 16, 17, 20, 24, 25, 26, 31, 32, 33, 40, 48]
random.seed(20250131)


def field(kind, missing):
    if kind == "constant":
        values = [3.3] * POINTS
    else:
        values = [
            273 + 20 * math.sin(i / 11) + random.gauss(0, 1) for i in range(POINTS)
        ]
    if kind == "plateaus":  # long runs of the same value
        values = [v if (i // 150) % 3 else 270.0 for i, v in enumerate(values)]
    if kind == "nothing":  # no value at all
        values = [MISSING] * POINTS
    if missing:
        values = [v if random.random() > 0.3 else MISSING for v in values]
    return values


def message(sample, keys, values):
    handle = eccodes.codes_grib_new_from_samples(sample)
    eccodes.codes_set(handle, "Ni", NI)
    eccodes.codes_set(handle, "Nj", NJ)
    for name, value in keys.items():
        eccodes.codes_set(handle, name, value)
    try:
        eccodes.codes_set_values(handle, values)
        return eccodes.codes_get(handle, "packingType"), eccodes.codes_get_message(handle)
    except eccodes.CodesInternalError:
        return "refused", b""  # an image of a prime number of values, for one
    finally:
        eccodes.codes_release(handle)


def cases():
    for sample, packings in PACKINGS.items():
        for packing in packings:
            for missing in (0, 1):
                base = {"packingType": packing, "bitmapPresent": missing}
                if missing:
                    base["missingValue"] = MISSING
                widths = WIDTHS.get(packing, OTHERS)
                for bits in widths:
                    if packing == "grid_ieee":
                        own = {"precision": bits // 32}
                    else:
                        own = {"bitsPerValue": bits}
                    yield sample, base | own, field("waves", missing)
                    yield sample, base | own, field("plateaus", missing)
                yield sample, base, field("constant", missing)
                if missing:
                    yield sample, base, field("nothing", missing)
                for scale in (-3, -1, 1, 2, 7):
                    if packing == "grid_ieee":
                        continue
                    own = {"bitsPerValue": 16, "decimalScaleFactor": scale}
                    yield sample, base | own, field("waves", missing)
                if packing != "grid_ccsds":
                    continue
                for block, interval in ((8, 2), (16, 64), (32, 4096), (64, 5)):
                    own = {"ccsdsBlockSize": block, "ccsdsRsi": interval}
                    yield sample, base | own | {"bitsPerValue": 14}, field("plateaus", missing)
                # As libaec has them: nothing prepared, few codes. It does not read back itself what it pads (32).
                for flags, bits in ((6, 12), (8 + 6 + 16, 3), (8 + 6 + 16, 2)):
                    own = {"ccsdsFlags": flags, "bitsPerValue": bits}
                    small = {"ccsdsBlockSize": 8, "ccsdsRsi": 4}
                    yield sample, base | small | own, field("waves", missing)


count = Counter()
with open(sys.argv[1], "wb") as file:
    for sample, keys, values in cases():
        name, octets = message(sample, keys, values)
        file.write(octets)
        count[name] += 1
    for name, octets in second_order.messages():
        file.write(octets)
        count[name] += 1
print(json.dumps(count))
