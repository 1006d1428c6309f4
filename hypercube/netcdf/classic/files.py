"""Writes files of NetCDF's classic formats and what xarray reads of each. Usage: files.py FOLDER.

Prints for each file its variables on the grid. Fields are 19 x 36 points.
"""
import json, os, sys, warnings
import netCDF4, numpy as np, xarray as xr
from scipy.io import netcdf_file

warnings.filterwarnings("ignore")
root = sys.argv[1]
random = np.random.default_rng(5)
COORDINATES = (
    ("time", np.arange(5.0), {"units": "hours since 2025-01-01", "calendar": "standard"}),
    ("level", np.array([500.0, 850.0]), {"units": "hPa"}),
    ("lat", np.linspace(90, -90, 19), {"units": "degrees_north"}),
    ("lon", np.arange(36) * 10.0, {"units": "degrees_east"}),
)
DIMS, SHAPE = ("time", "level", "lat", "lon"), (5, 2, 19, 36)
CLASSIC = ("i1", "i2", "i4", "f4", "f8")


def library(name, kind, record, kinds):
    """By the library of NetCDF: `record` says whether time is the record dimension."""
    path = os.path.join(root, name)
    file = netCDF4.Dataset(path, "w", format=kind)
    file.title = "a file of \u00e9l\u00e8ves"
    for dimension, values, _ in COORDINATES:
        file.createDimension(dimension, None if record and dimension == "time" else len(values))
    file.createDimension("letters", 5)
    for dimension, values, attributes in COORDINATES:
        variable = file.createVariable(dimension, "f8", (dimension,))
        variable[:] = values
        variable.setncatts(attributes)
    for one in kinds:
        values = random.standard_normal(SHAPE) * 30 + 60
        file.createVariable(f"v_{one}", one, DIMS)[:] = values.astype(one)
    # Without records, among those that have them; and records of an odd number of octets.
    file.createVariable("still", "f4", DIMS[1:])[:] = random.standard_normal(SHAPE[1:])
    for one, scale, offset, stored in (
        ("packed", 0.01, 270.0, "i2"), ("single", np.float32(0.01), np.float32(3.7), "i2"),
        ("wide", np.float32(0.01), np.float32(3.7), "i4"), ("scaled", np.float32(0.3), None, "i1"),
    ):
        fill = -127 if stored == "i1" else -32767
        variable = file.createVariable(one, stored, DIMS, fill_value=fill)
        variable.set_auto_maskandscale(False)
        variable.scale_factor = scale
        if offset is not None:
            variable.add_offset = offset
        low = -100 if stored == "i1" else -30000
        values = random.integers(low, -low, SHAPE)
        values[0, 0, :3] = fill
        variable[:] = values
    file.createVariable("text", "S1", ("letters",))[:] = np.array(list("hello"), "S1")
    file.close()
    return path


def scipy(name, version, kinds):
    """By SciPy; with one kind alone a record has no gap behind it, however odd its number of octets."""
    path = os.path.join(root, name)
    file = netcdf_file(path, "w", version=version)
    for dimension, values, _ in COORDINATES:
        file.createDimension(dimension, None if dimension == "time" and kinds else len(values))
    file.createDimension("odd", 3)
    for dimension, values, attributes in COORDINATES:
        if dimension == "time" and len(kinds) == 1:
            continue
        variable = file.createVariable(dimension, "f8", (dimension,))
        variable[:] = values
        for key, value in attributes.items():
            setattr(variable, key, value)
    for one in kinds:
        values = (random.standard_normal(SHAPE) * 30 + 60).astype(one)
        if len(kinds) == 1:
            file.createVariable("v", one, ("time", "odd"))[:] = values[:, 0, 0, :3]
        else:
            file.createVariable(f"v_{one}", one, DIMS)[:] = values
    file.close()
    return path


found = {}
for path in (
    library("cdf1.nc", "NETCDF3_CLASSIC", True, CLASSIC),
    library("cdf1-fixed.nc", "NETCDF3_CLASSIC", False, CLASSIC),
    library("cdf2.nc", "NETCDF3_64BIT_OFFSET", True, CLASSIC),
    library("cdf5.nc", "NETCDF3_64BIT_DATA", True, CLASSIC + ("u1", "u2", "u4", "i8", "u8")),
    library("cdf5-fixed.nc", "NETCDF3_64BIT_DATA", False, ("u1", "f8")),
    scipy("scipy1.nc", 1, CLASSIC),
    scipy("scipy2.nc", 2, ("i2", "f4")),
):
    read = xr.open_dataset(path, decode_times=False)
    names = [name for name in read.data_vars if read[name].dims[-2:] == ("lat", "lon")]
    for name in names:
        read[name].values.astype("<f8").tofile(f"{path}.{name}.f8")
    found[os.path.basename(path)] = names
scipy("odd.nc", 1, ("i1",))
read = xr.open_dataset(os.path.join(root, "odd.nc"), decode_times=False)
found["odd.nc"] = [str(one) for one in read["v"].values.ravel()]
print(json.dumps(found))
