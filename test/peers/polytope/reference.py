"""Asks polytope-mars, on an FDB of its own, for what it is given. Arguments: a folder with `messages.grib2` and
`requests.json`; `answers.json` is written there."""

import contextlib
import json
import math
import os
import sys

FOLDER = sys.argv[1]
SCHEMA = """
param: Param; step: Step; date: Date; time: Time; expver: Expver; levelist: Double; number: Integer;
[ class=d1, dataset=climate-dt, activity, experiment, generation, model, realization, expver, stream=clmn, year
  [ resolution, type, levtype [ month, levelist?, param ]]]
[ class=d1, dataset=climate-dt, activity, experiment, generation, model, realization, expver, stream=clte, date
  [ resolution, type, levtype [ time, levelist?, param ]]]
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
from polytope_mars.api import PolytopeMars  # noqa: E402
from polytope_mars.features.frame import Frame  # noqa: E402

# Without these it cannot be made.
Frame.required_keys = lambda self: ["type"]
Frame.required_axes = lambda self: []
Frame.__abstractmethods__ = frozenset()

MAPPERS = {
    "reduced_gg": ("octahedral", 32),
    "regular_ll": ("regular", 90),
    "healpix": ("healpix_nested", 16),
}


def archive():
    """Puts all messages into the FDB; gives what gribjump calls their grids."""
    fdb = pyfdb.FDB(CONFIG)
    grids = {}
    with open(f"{FOLDER}/messages.grib2", "rb") as file:
        while (message := eccodes.codes_grib_new_from_file(file)) is not None:
            kind = eccodes.codes_get(message, "gridType")
            grids[kind] = eccodes.codes_get(message, "md5GridSection")
            fdb.archive(eccodes.codes_get_message(message))
            eccodes.codes_release(message)
        fdb.flush()
    return grids


def options(request, grids):
    climate = request.get("dataset") == "climate-dt"
    kind = "healpix" if climate else "reduced_gg"
    if request["expver"] == "0002":
        kind = "regular_ll"
    mapper, resolution = MAPPERS[kind]
    feature = request["feature"]["type"]
    number = {"name": "type_change", "type": "int"}
    axes = {
        "values": {
            "name": "mapper",
            "type": mapper,
            "resolution": resolution,
            "axes": ["latitude", "longitude"],
            "md5_hash": grids[kind],
        },
        "latitude": {"name": "reverse", "is_reverse": True},
        "longitude": {"name": "cyclic", "range": [0, 360]},
        "levelist": number,
    }
    kept = ["class", "expver", "levtype", "stream", "type"]
    if climate:
        kept += ["dataset", "activity", "experiment", "generation"]
        kept += ["model", "realization", "resolution"]
    else:
        kept += ["domain"]
        axes.update({"step": number, "number": number})
    if request["stream"] == "clmn":
        axes.update({"year": number, "month": number})
    elif climate and feature in ("timeseries", "polygon"):
        axes["date"] = {"name": "type_change", "type": "date"}
        axes["time"] = {"name": "type_change", "type": "time"}
    else:
        axes["date"] = {"name": "merge", "other_axis": "time", "linkers": ["T", "00"]}
    return {
        "axis_config": [
            {"axis_name": name, "transformations": [one]} for name, one in axes.items()
        ],
        "compressed_axes_config": [
            *kept,
            "param",
            *(name for name in axes if name != "values"),
        ],
        "pre_path": {key: request[key] for key in kept},
    }


def plain(value):
    """Without what is no JSON."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def answer(request, grids):
    try:
        rules = {"polygonrules": {"max_points": 100_000}}
        service = PolytopeMars({"options": options(request, grids), **rules})
        return plain(service.extract(request))
    except Exception as error:  # noqa: BLE001
        return {"error": f"{type(error).__name__}: {error}"}


def main():
    with open(f"{FOLDER}/requests.json") as file:
        requests = json.load(file)
    grids = archive()
    os.dup2(2, 1)
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        answers = [answer(request, grids) for request in requests]
    with open(f"{FOLDER}/answers.json", "w") as file:
        json.dump(answers, file)
    # Some of the libraries crash when a process ends in the usual way.
    os._exit(0)


main()
