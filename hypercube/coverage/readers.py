"""What independent readers make of the CoverageJSON files named: one JSON object a line.

    python readers.py earthkit FILE…    what earthkit-data's to_xarray gives: dimensions, coordinates, values
    python readers.py ogc FILE…         what covjson-pydantic finds wrong
"""

import json
import sys


def plain(array):
    """Values of an array as JSON has them; NaN as null."""
    return [None if one is None or one != one else one for one in array.astype(object).ravel().tolist()]


def dataset(found):
    return {
        "dims": {str(name): size for name, size in found.sizes.items()},
        "coords": {
            name: [str(one) for one in array.values.ravel()] if array.dtype.kind in "MOU" else array.values.ravel().tolist()
            for name, array in found.coords.items()
        },
        "variables": {
            name: {
                "dims": list(array.dims),
                "units": array.attrs["units"],
                "dtype": str(array.dtype),
                "values": plain(array.values),
            }
            for name, array in found.data_vars.items()
        },
    }


def earthkit(path):
    import earthkit.data

    found = earthkit.data.from_source("file", path).to_xarray()
    return [dataset(one) for one in (found if isinstance(found, list) else [found])]


def ogc(path):
    from covjson_pydantic.coverage import CoverageCollection
    from pydantic import ValidationError

    with open(path) as file:
        text = file.read()
    try:
        CoverageCollection.model_validate_json(text)
    except ValidationError as fault:
        return [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in fault.errors()]
    return []


if __name__ == "__main__":
    read = {"earthkit": earthkit, "ogc": ogc}[sys.argv[1]]
    for path in sys.argv[2:]:
        print(json.dumps(read(path)))
