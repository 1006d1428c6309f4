"""A feature in formats that polytope-client does not know, which it takes as bytes; and one that there is not."""

import os

import xarray
from earthkit.data import from_source

from session import answer, client, failure

SERIES = {
    "class": "od",
    "stream": "oper",
    "type": "fc",
    "expver": "0001",
    "date": "20250101",
    "time": "0000",
    "levtype": "sfc",
    "param": "2t/msl",
    "feature": {"type": "timeseries", "points": [[48.85, 2.35]], "time_axis": "step", "range": {"start": 6, "end": 24}},
}


def first_line(format):
    client().retrieve("sample", {**SERIES, "format": format}, "answer")
    with open("answer", newline="") as file:
        return file.readline()


def opened():
    """What xarray has of an answer in NetCDF: by itself, and through earthkit-data."""
    client().retrieve("sample", {**SERIES, "format": "netcdf"}, "answer.nc")
    found = from_source(
        "polytope",
        "sample",
        {**SERIES, "format": "netcdf"},
        address=os.environ["ADDRESS"],
        user_key="demo-key",
        user_email="demo@example.org",
        insecure=True,
        stream=False,
        quiet=True,
    )
    with xarray.open_dataset("answer.nc") as plain:
        sizes = {name: size for name, size in plain.sizes.items()}
        same = [plain.equals(one.to_xarray()) for one in (found, from_source("file", "answer.nc"))]
        return {"sizes": sizes, "same": same, "2t": plain["2t"].values.ravel().tolist()}


def values():
    """The same values as CSV has them."""
    client().retrieve("sample", {**SERIES, "format": "csv"}, "answer.csv")
    with open("answer.csv") as file:
        return [float(line.split(",")[7]) for line in file.readlines()[1:]]


netcdf = opened()
answer(
    {
        "netcdf": {**netcdf, "2t": netcdf["2t"] == values()},
        "csv": first_line("csv"),
        "geojson": first_line("geojson")[:27],
        "wrong": failure(lambda: client().retrieve("sample", {**SERIES, "format": "hdf5"}, "answer")),
    }
)
