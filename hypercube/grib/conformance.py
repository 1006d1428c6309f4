"""
Prints what ecCodes says of every message of a GRIB file: one JSON object a line. With the name of a second file it
writes there the values of all messages, one after the other, as little-endian doubles, NaN where one is missing.
"""

import json
import sys

import eccodes

# No value of a field: what marks a missing one must not be among those that are there.
MISSING = 1.7976931348623157e308


def mars(handle):
    keys = {}
    iterator = eccodes.codes_keys_iterator_new(handle, "mars")
    while eccodes.codes_keys_iterator_next(iterator):
        name = eccodes.codes_keys_iterator_get_name(iterator)
        try:
            keys[name] = eccodes.codes_get_string(handle, name)
        except eccodes.CodesInternalError:
            keys[name] = None  # a key that ecCodes itself cannot work out
    eccodes.codes_keys_iterator_delete(iterator)
    return keys


def get(handle, name, kind):
    try:
        return eccodes.codes_get(handle, name, kind)
    except eccodes.CodesInternalError:
        return None


def values(handle, file):
    """How many values; None when ecCodes cannot decode them."""
    try:
        eccodes.codes_set(handle, "missingValue", MISSING)
        array = eccodes.codes_get_values(handle)
    except eccodes.CodesInternalError as error:
        print(f"{sys.argv[1]}: {error}", file=sys.stderr)
        return None
    array[array == MISSING] = float("nan")
    file.write(array.astype("<f8").tobytes())
    return len(array)


def describe(handle, file):
    return {
        "offset": int(eccodes.codes_get_message_offset(handle)),
        "length": int(get(handle, "totalLength", int) or 0),
        "keys": mars(handle),
        "shortName": get(handle, "shortName", str),
        "paramId": get(handle, "paramId", int),
        "packing": get(handle, "packingType", str),
        "values": values(handle, file) if file else None,
    }


with open(sys.argv[1], "rb") as file:
    target = open(sys.argv[2], "wb") if len(sys.argv) > 2 else None
    while True:
        try:
            handle = eccodes.codes_grib_new_from_file(file)
        except eccodes.CodesInternalError:
            continue  # a broken message: ecCodes goes on behind it
        if handle is None:
            break
        print(json.dumps(describe(handle, target)))
        eccodes.codes_release(handle)
    if target:
        target.close()
