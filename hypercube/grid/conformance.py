"""
Says where ecCodes has the points of the messages of a GRIB file: one JSON object a line on standard output, for each
grid the first time that it comes, and to the file named second latitudes and longitudes as doubles.
"""

import json
import sys

import eccodes


def get(handle, name):
    try:
        return eccodes.codes_get(handle, name)
    except eccodes.CodesInternalError:
        return None


def tell(handle, points):
    out = {"offset": int(eccodes.codes_get_message_offset(handle)), "count": 0}
    out["length"] = int(get(handle, "totalLength") or 0)
    out["kind"] = get(handle, "gridType")
    out["scanningMode"] = int(get(handle, "scanningMode") or 0)
    out["columns"] = int(get(handle, "Ni") or 0)
    try:
        # Tells whether the grid fits the values, which asking for coordinates alone does not.
        eccodes.codes_grib_iterator_delete(
            eccodes.codes_grib_iterator_new(handle, 0)
        )
        latitudes = eccodes.codes_get_array(handle, "latitudes")
        longitudes = eccodes.codes_get_array(handle, "longitudes")
        out["count"] = len(latitudes)
        points.write(latitudes.tobytes())
        points.write(longitudes.tobytes())
    except eccodes.CodesInternalError as error:
        out["error"] = str(error)
    return out


seen = set()
with open(sys.argv[1], "rb") as file, open(sys.argv[2], "wb") as points:
    while True:
        try:
            handle = eccodes.codes_grib_new_from_file(file)
        except eccodes.CodesInternalError:
            continue  # a broken message: ecCodes goes on behind it
        if handle is None:
            break
        grid = (get(handle, "md5GridSection"), get(handle, "numberOfDataPoints"))
        if grid not in seen:
            seen.add(grid)
            print(json.dumps(tell(handle, points)))
        eccodes.codes_release(handle)
