"""NetCDF 3 that a box is cut out of, and what xarray cuts out of the same. Usage: there-and-back.py write|compare FOLDER."""
import json, os, sys
import numpy as np, xarray as xr

action, folder = sys.argv[1:]
source, answer = (os.path.join(folder, name) for name in ("source.nc", "answer.nc"))
if action == "write":
    random = np.random.default_rng(1)
    values = random.standard_normal((3, 91, 180))
    values[1, 30:50, :4] = np.nan
    dims = ("time", "latitude", "longitude")
    xr.Dataset(
        {"t2m": (dims, values.astype("f4"), {"units": "K"}), "wide": (dims, values, {"units": "K"})},
        coords={
            "time": ("time", np.arange(3) * 6, {"units": "hours since 2025-01-01"}),
            "latitude": ("latitude", np.linspace(90, -90, 91), {"units": "degrees_north"}),
            "longitude": ("longitude", np.arange(180) * 2.0, {"units": "degrees_east"}),
        },
    ).to_netcdf(source, format="NETCDF3_CLASSIC", unlimited_dims=["time"])
else:
    found = xr.open_dataset(answer)
    theirs = xr.open_dataset(source).sortby("latitude")
    theirs = theirs.assign_coords(longitude=(theirs.longitude + 180) % 360 - 180).sortby("longitude")
    theirs = theirs.sel(latitude=slice(40, 60), longitude=slice(-10, 20)).transpose("time", "latitude", "longitude")
    found = found.sortby("latitude")
    names = ("time", "latitude", "longitude", "t2m", "wide")
    same = {name: bool(np.array_equal(found[name].values, theirs[name].values, equal_nan=name in ("t2m", "wide"))) for name in names}
    print(json.dumps({"same": same, "sizes": dict(found.sizes), "types": [str(found[name].dtype) for name in ("t2m", "wide")]}))
