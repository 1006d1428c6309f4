"""Writes files of NetCDF 4 and what xarray reads of each. Usage: files.py FOLDER. Prints variables with their shapes."""
import json, os, sys, warnings
import netCDF4, numpy as np, xarray as xr

warnings.filterwarnings("ignore")
root = sys.argv[1]
random = np.random.default_rng(3)
path = os.path.join(root, "many.nc")
file = netCDF4.Dataset(path, "w")
for name, size in (("time", None), ("level", 2), ("lat", 19), ("lon", 36), ("alone", 4)):
    file.createDimension(name, size)
for name, values, attributes in (
    ("time", np.arange(5), {"units": "hours since 2025-01-01", "calendar": "standard"}),
    ("level", [500.0, 850.0], {"units": "hPa"}),
    ("lat", np.linspace(90, -90, 19), {"units": "degrees_north"}),
    ("lon", np.arange(36) * 10.0, {"units": "degrees_east"}),
):
    variable = file.createVariable(name, "f8", (name,))
    variable[:] = values
    variable.setncatts(attributes)
dims = ("time", "level", "lat", "lon")
shape = (5, 2, 19, 36)
for kind in ("f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"):
    for order in ("<", ">"):
        variable = file.createVariable(
            f"v_{kind}{'be' if order == '>' else ''}", np.dtype(order + kind), dims, endian="big" if order == ">" else "little",
            zlib=order == "<", shuffle=True, chunksizes=(2, 1, 10, 36), fletcher32=kind == "i2",
        )
        values = random.standard_normal(shape) * 30 + 60
        variable[:] = values.astype(kind)
file.createVariable("contiguous", "f4", dims[1:], contiguous=True)[:] = random.standard_normal(shape[1:])
empty = file.createVariable("sparse", "f4", dims, chunksizes=(1, 1, 19, 36), fill_value=-999.0)
empty[1, 0] = random.standard_normal((19, 36))
for name, scale, offset, kind in (
    ("packed", 0.01, 270.0, "i2"), ("single", np.float32(0.01), np.float32(3.7), "i2"),
    ("wide", np.float32(0.01), np.float32(3.7), "i4"), ("scaled", np.float32(0.3), None, "i2"),
):
    variable = file.createVariable(name, kind, dims, fill_value=-32767, zlib=True)
    variable.set_auto_maskandscale(False)
    variable.scale_factor = scale
    if offset is not None:
        variable.add_offset = offset
    values = random.integers(-30000, 30000, shape)
    values[0, 0, :3] = -32767
    variable[:] = values
file.createVariable("text", str, ("alone",))
file.close()
read = xr.open_dataset(path, decode_times=False)
found = {}
for name in read.data_vars:
    if read[name].dims[-2:] == ("lat", "lon"):
        read[name].values.astype("<f8").tofile(f"{path}.{name}.f8")
        found[name] = list(read[name].shape)
print(json.dumps(found))
