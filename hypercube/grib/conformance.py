"""Prints what ecCodes says of every message of a GRIB file: one JSON object a line."""

import json
import sys

import eccodes


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


with open(sys.argv[1], "rb") as file:
    while True:
        try:
            handle = eccodes.codes_grib_new_from_file(file)
        except eccodes.CodesInternalError:
            continue  # a broken message: ecCodes goes on behind it
        if handle is None:
            break
        print(
            json.dumps(
                {
                    "offset": int(eccodes.codes_get_message_offset(handle)),
                    "length": int(get(handle, "totalLength", int) or 0),
                    "keys": mars(handle),
                    "shortName": get(handle, "shortName", str),
                    "paramId": get(handle, "paramId", int),
                }
            )
        )
        eccodes.codes_release(handle)
