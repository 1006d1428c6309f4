"""What others read in the files of NetCDF named: one JSON object a line. Usage: read.py FILE…

By xarray, with the library of NetCDF and with SciPy's own reader, which must agree; times as text, steps as hours.
"""

import json
import sys
import warnings

import netCDF4
import numpy as np
import xarray as xr

warnings.filterwarnings("ignore")


def plain(array):
    """Values as JSON has them: missing ones as null."""
    if array.dtype.kind == "M":
        return [str(one)[:19] for one in array.ravel().astype("datetime64[s]")]
    if array.dtype.kind == "m":
        array = np.asarray(array / np.timedelta64(1, "h"))
    numbers = array.astype(object).ravel().tolist()
    return [one.isoformat() if hasattr(one, "isoformat") else None if one != one else one for one in numbers]


def described(array):
    attributes = {
        name: value.tolist() if hasattr(value, "tolist") else value for name, value in array.attrs.items()
    }
    kind = str(array.encoding.get("dtype", array.dtype))
    return {"dims": list(array.dims), "dtype": kind, "attributes": attributes, "values": plain(array.values)}


def read(path, engine):
    with xr.open_dataset(path, engine=engine, decode_timedelta=True) as found:
        found.load()
        return {
            "dims": {str(name): size for name, size in found.sizes.items()},
            "attributes": dict(found.attrs),
            "coords": {str(name): described(array) for name, array in found.coords.items()},
            "variables": {str(name): described(array) for name, array in found.data_vars.items()},
        }


for path in sys.argv[1:]:
    with netCDF4.Dataset(path) as file:
        model = file.data_model
    said = read(path, "netcdf4")
    # SciPy does not read CDF-5.
    if model != "NETCDF3_64BIT_DATA":
        theirs = read(path, "scipy")
        assert json.dumps(theirs["variables"]).replace(">", "") == json.dumps(said["variables"]).replace(">", ""), path
        assert json.dumps(theirs["coords"]).replace(">", "") == json.dumps(said["coords"]).replace(">", ""), path
    print(json.dumps({"model": model, **said}))
