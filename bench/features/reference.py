"""Does the work that it is given with polytope-mars on an FDB of its own, in a warm process; figures as JSON.

Arguments: a file with the work, and an empty folder for the FDB.
"""

import contextlib
import json
import os
import re
import signal
import statistics
import sys
import time

FOLDER = sys.argv[2]
SCHEMA = """
param: Param; step: Step; date: Date; time: Time; expver: Expver; levelist: Double; number: Integer;
[ class, expver, stream, date, time, domain [ type, levtype [ step, number?, levelist?, param ]]]
"""

# Libraries read these when they are loaded.
with open(f"{FOLDER}/schema", "w") as file:
    file.write(SCHEMA)
os.makedirs(f"{FOLDER}/root")
CONFIG = {
    "type": "local",
    "engine": "toc",
    "schema": f"{FOLDER}/schema",
    "spaces": [{"handler": "Default", "roots": [{"path": f"{FOLDER}/root"}]}],
}
os.environ["FDB5_CONFIG"] = json.dumps(CONFIG)

import eccodes  # noqa: E402
import pyfdb  # noqa: E402
import pygribjump  # noqa: E402
from polytope_mars.api import PolytopeMars  # noqa: E402


class Reading:
    """When the values of a request begin to be read."""

    began = 0.0


class Late(Exception):
    pass


def watched(extract):
    def inner(*args, **kwargs):
        Reading.began = time.perf_counter()
        return extract(*args, **kwargs)

    return inner


pygribjump.GribJump.extract = watched(pygribjump.GribJump.extract)


def archive(path):
    """Puts all messages of a file into the FDB; gives what gribjump calls their grid."""
    fdb = pyfdb.FDB(CONFIG)
    with open(path, "rb") as file:
        while (message := eccodes.codes_grib_new_from_file(file)) is not None:
            grid = eccodes.codes_get(message, "md5GridSection")
            fdb.archive(eccodes.codes_get_message(message))
            eccodes.codes_release(message)
        fdb.flush()
    return grid


def options(request, grid):
    kept = ("class", "domain", "expver", "levtype", "stream", "type")
    number = {"name": "type_change", "type": "int"}
    mapper = {
        "name": "mapper",
        "type": "octahedral",
        "resolution": 1280,
        "axes": ["latitude", "longitude"],
        "md5_hash": grid,
    }
    merge = {"name": "merge", "other_axis": "time", "linkers": ["T", "00"]}
    axes = {
        "date": merge,
        "values": mapper,
        "latitude": {"name": "reverse", "is_reverse": True},
        "longitude": {"name": "cyclic", "range": [0, 360]},
        "step": number,
        "number": number,
        "levelist": number,
    }
    return {
        "axis_config": [
            {"axis_name": name, "transformations": [one]} for name, one in axes.items()
        ],
        "compressed_axes_config": [
            *kept,
            *("longitude", "latitude", "step", "date", "param", "number", "levelist"),
        ],
        "pre_path": {key: request[key] for key in kept},
    }


def proc(name, pattern):
    with open(f"/proc/self/{name}") as file:
        return int(re.search(pattern + r":\s+(\d+)", file.read()).group(1))


def once(request, grid):
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")
    memory = proc("status", "VmRSS")
    read = proc("io", "rchar")
    began = time.perf_counter()
    used = time.process_time()
    request = {**request, "domain": "g"}
    service = PolytopeMars(
        {
            "options": options(request, grid),
            "polygonrules": {"max_points": 100_000},
        }
    )
    coverages = service.extract(request)
    text = json.dumps(coverages)
    ended = time.perf_counter()
    used = time.process_time() - used
    peak = proc("status", "VmHWM")
    values = sum(
        len(one["values"])
        for coverage in coverages["coverages"]
        for one in coverage["ranges"].values()
    )
    return {
        "planMs": (Reading.began - began) * 1000,
        "firstMs": (ended - began) * 1000,
        "totalMs": (ended - began) * 1000,
        "cpuMs": used * 1000,
        "values": values,
        "fields": 0,
        "bytes": len(text),
        "readBytes": proc("io", "rchar") - read,
        "memoryMiB": (peak - memory) / 1024,
        "peakMiB": peak / 1024,
    }


def late(*_):
    raise Late


def measured(request, grid, rounds, limit):
    """Medians of the rounds; nothing when one takes longer than the limit, or fails."""
    every = []
    try:
        for _ in range(rounds + 1):
            signal.alarm(limit)
            every.append(once(request, grid))
    except Late:
        return {"reason": f"not done after {limit} s"}
    except Exception as error:  # noqa: BLE001
        return {"reason": f"{type(error).__name__}: {error}"}
    finally:
        signal.alarm(0)
    # The first round does not count.
    return {
        name: statistics.median(one[name] for one in every[1:]) for name in every[0]
    }


def main():
    with open(sys.argv[1]) as file:
        work = json.load(file)
    grids = {}
    found = []
    signal.signal(signal.SIGALRM, late)
    printed = os.dup(1)
    os.dup2(2, 1)
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        for one in work:
            path = one["path"]
            if path not in grids:
                grids[path] = archive(path)
            figures = measured(
                one["request"], grids[path], one["rounds"], one["limit"]
            )
            found.append(figures)
            print(figures, file=sys.stderr)
    os.write(printed, json.dumps(found).encode())
    # Some of the libraries crash when a process ends in the usual way.
    os._exit(0)


main()
