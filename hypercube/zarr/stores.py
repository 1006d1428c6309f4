"""Writes Zarr stores of many kinds, and what xarray reads of each: values of the fields as eight-octet floats.

Usage: stores.py FOLDER. Prints one JSON object: of each store its folder, its variables, their shapes, and the file with
the values that xarray decodes.
"""
import json, os, sys, warnings
import numpy as np, xarray as xr, zarr
from zarr.codecs import BloscCodec, GzipCodec, ZstdCodec
from numcodecs import Blosc, GZip, LZ4, Zlib, Zstd, Delta, Shuffle

warnings.filterwarnings("ignore")
root = sys.argv[1]
random = np.random.default_rng(7)
stores = []


def coordinates(times=3, levels=2, lat=19, lon=36, southward=True):
    latitude = np.linspace(90, -90, lat) if southward else np.linspace(-90, 90, lat)
    return {
        "time": ("time", np.datetime64("2025-01-01T00", "ns") + np.arange(times) * np.timedelta64(6, "h")),
        "level": ("level", np.array([500.0, 850.0])[:levels], {"units": "hPa", "standard_name": "air_pressure"}),
        "latitude": ("latitude", latitude, {"units": "degrees_north", "standard_name": "latitude"}),
        "longitude": ("longitude", np.arange(lon) * 360 / lon, {"units": "degrees_east"}),
    }


def field(dtype, shape=(3, 2, 19, 36)):
    if np.dtype(dtype).kind == "f":
        return (random.standard_normal(shape) * 30 + 270).astype(dtype)
    info = np.iinfo(dtype)
    return random.integers(max(info.min, -30000), min(info.max, 30000), shape).astype(dtype)


def write(name, variables, encoding, coords=None, decode=True, **options):
    folder = os.path.join(root, name)
    dataset = xr.Dataset(variables, coords or coordinates())
    with zarr.config.set({"array.write_empty_chunks": options.pop("write_empty", False)}):
        dataset.to_zarr(folder, encoding=encoding, **options)
    note(name)


def note(name):
    folder = os.path.join(root, name)
    read = xr.open_zarr(folder, chunks=None, decode_times=False)
    found = {}
    for variable in read.data_vars:
        values = read[variable].values.astype("<f8")
        values.tofile(f"{folder}.{variable}.f8")
        found[variable] = list(values.shape)
    stores.append({"name": name, "variables": found})


dims = ("time", "level", "latitude", "longitude")
types = ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]

for version in (2, 3):
    names = {f"v_{t}": (dims, field(t)) for t in types if not (version == 2 and t == "f2")}
    write(f"types{version}", names, {n: {"chunks": (1, 2, 7, 10)} for n in names}, zarr_format=version)
    whole = {"a": (dims, field("f4"))}
    write(f"whole{version}", whole, {}, zarr_format=version)
    write(f"loose{version}", whole, {}, zarr_format=version, consolidated=False)
    # Scaled, with values missing in several ways.
    packed = field("f8")
    packed[random.random(packed.shape) < 0.1] = np.nan
    scaled = {n: (dims, packed) for n in ("s16", "s32", "u8", "plain")}
    write(
        f"scaled{version}", scaled,
        {
            "s16": {"dtype": "i2", "scale_factor": 0.01, "add_offset": 270.0, "_FillValue": -32767},
            "s32": {"dtype": "i4", "scale_factor": 1e-6, "_FillValue": 2147483647},
            "u8": {"dtype": "u1", "add_offset": 200.0, "_FillValue": 255},
            "plain": {"dtype": "f4", "_FillValue": 1e20},
        },
        zarr_format=version,
    )
    # Chunks that were never written.
    sparse = np.full((3, 2, 19, 36), np.nan, "f4")
    sparse[1, 0, :7, :10] = 1
    write(f"sparse{version}", {"a": (dims, sparse)}, {"a": {"chunks": (1, 1, 7, 10)}}, zarr_format=version)

compressors = {
    "none": None, "zlib": Zlib(), "gzip": GZip(), "zstd": Zstd(), "lz4": LZ4(),
    **{f"blosc_{c}": Blosc(cname=c, shuffle=s) for s, c in enumerate(["lz4", "zstd", "blosclz"])},
    "blosc_zlib": Blosc(cname="zlib"), "blosc_lz4hc": Blosc(cname="lz4hc"),
}
names = {n: (dims, field("f4")) for n in compressors}
write(
    "compressors2", names,
    {n: {"chunks": (2, 1, 10, 36), "compressors": c} for n, c in compressors.items()},
    zarr_format=2,
)
modern = {
    "none": None, "gzip": GzipCodec(), "zstd": ZstdCodec(checksum=True),
    "blosc_zstd": BloscCodec(cname="zstd", shuffle="bitshuffle"), "blosc_lz4": BloscCodec(cname="lz4"),
    "two": [ZstdCodec(), zarr.codecs.Crc32cCodec()],
}
names = {n: (dims, field("f4")) for n in modern}
write("compressors3", names, {n: {"chunks": (2, 1, 10, 36), "compressors": c} for n, c in modern.items()}, zarr_format=3)
names = {n: (dims, field("f4")) for n in ("shards", "partly")}
names["partly"][1][:, :, 10:] = np.nan
write(
    "sharded3", names,
    {n: {"chunks": (1, 1, 5, 9), "shards": (3, 1, 10, 18)} for n in names},
    zarr_format=3,
)


def raw(name, make):
    """A store made without xarray: orders of octets and of dimensions, filters, places of indices."""
    folder = os.path.join(root, name)
    xr.Dataset(coords=coordinates()).to_zarr(folder, zarr_format=2 if name.endswith("2") else 3, consolidated=False)
    make(zarr.open_group(folder, mode="r+", use_consolidated=False))
    zarr.consolidate_metadata(folder)
    note(name)


def raw2(group):
    for n, options in {
        "fortran": {"order": "F", "dtype": "<f4"}, "big": {"dtype": ">f4"}, "bigint": {"dtype": ">i2"},
        "delta": {"dtype": "<i4", "filters": [Delta(dtype="<i4")]}, "shuffled": {"dtype": "<f8", "filters": [Shuffle(8)]},
        "slashes": {"dtype": "<f4", "chunk_key_encoding": {"name": "v2", "separator": "/"}},
    }.items():
        array = group.create_array(n, shape=(3, 2, 19, 36), chunks=(1, 2, 7, 36), fill_value=None, **options)
        array[...] = field(options["dtype"])
        array.attrs["_ARRAY_DIMENSIONS"] = list(dims)


def raw3(group):
    for n, options in {
        "turned": {"dtype": "f4", "filters": [zarr.codecs.TransposeCodec(order=(3, 1, 0, 2))]},
        "big": {"dtype": "i2", "serializer": zarr.codecs.BytesCodec(endian="big")},
        "dots": {"dtype": "f4", "chunk_key_encoding": {"name": "default", "separator": "."}},
        "old": {"dtype": "f4", "chunk_key_encoding": {"name": "v2", "separator": "."}},
        "first": {"dtype": "f4", "shards": {"shape": (3, 2, 14, 36), "index_location": "start"}},
        "filled": {"dtype": "f4", "fill_value": 7.5},
        "hexadecimal": {"dtype": "f4", "fill_value": float("nan")},
    }.items():
        array = group.create_array(n, shape=(3, 2, 19, 36), chunks=(1, 2, 7, 36), dimension_names=dims, **options)
        if n not in ("filled", "hexadecimal"):
            array[...] = field(options["dtype"])
        else:
            array[0, 0] = 1


raw("raw2", raw2)
raw("raw3", raw3)
print(json.dumps(stores))
