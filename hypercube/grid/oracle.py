"""
Makes GRIB messages and tells what ecCodes says of their points.

Reads a JSON list of {sample, set: [[key, value], ...], near: [[lat, lon], ...]} from the first file named; writes to the
second one line of JSON for each: its section with the grid (hex), the number of values, the nearest points, and what went
wrong; and to the third, one after another, latitudes and longitudes as doubles.
"""

import json
import sys

import eccodes


def make(case):
    handle = eccodes.codes_grib_new_from_samples(case["sample"])
    for key, value in case["set"]:
        if isinstance(value, list):
            eccodes.codes_set_array(handle, key, value)
        else:
            eccodes.codes_set(handle, key, value)
    if case.get("fill"):
        fill(handle)
    # Read again: some keys (the earth's axes) keep what they were while the message was made.
    message = eccodes.codes_get_message(handle)
    eccodes.codes_release(handle)
    return eccodes.codes_new_from_message(message)


def fill(handle):
    """As many values as ecCodes itself counts points."""
    edition = eccodes.codes_get(handle, "edition")
    counted = "numberOfDataPointsExpected" if edition == 2 else "numberOfDataPoints"
    count = eccodes.codes_get(handle, counted, int)
    if edition == 2:
        eccodes.codes_set(handle, "numberOfDataPoints", count)
    eccodes.codes_set_array(handle, "values", [1.0] * count)


def section(handle):
    message = eccodes.codes_get_message(handle)
    edition = message[7]
    if edition == 1:
        at = 8 + int.from_bytes(message[8:11], "big")
        return edition, message[at : at + int.from_bytes(message[at : at + 3], "big")]
    at = 16
    while message[at + 4] != 3:
        at += int.from_bytes(message[at : at + 4], "big")
    return edition, message[at : at + int.from_bytes(message[at : at + 4], "big")]


def near(handle, places):
    found = []
    for latitude, longitude in places:
        hit = eccodes.codes_grib_find_nearest(handle, latitude, longitude)[0]
        found.append(int(hit["index"]))
    return found


def tell(case, points):
    handle = make(case)
    edition, octets = section(handle)
    out = {"edition": edition, "octets": octets.hex(), "count": 0}
    try:
        out["kind"] = eccodes.codes_get(handle, "gridType")
        latitudes = eccodes.codes_get_array(handle, "latitudes")
        longitudes = eccodes.codes_get_array(handle, "longitudes")
        out["count"] = len(latitudes)
        points.write(latitudes.tobytes())
        points.write(longitudes.tobytes())
        out["near"] = near(handle, case.get("near", []))
    except eccodes.CodesInternalError as error:
        out["error"] = str(error)
    eccodes.codes_release(handle)
    return out


with open(sys.argv[1]) as cases, open(sys.argv[2], "w") as told:
    with open(sys.argv[3], "wb") as points:
        for case in json.load(cases):
            try:
                print(json.dumps(tell(case, points)), file=told)
            except eccodes.CodesInternalError as error:
                print(json.dumps({"error": str(error), "count": 0}), file=told)
