"""earthkit-data's own source with features: to_xarray of what was cut out, beside the whole fields it was cut from."""

import os

import numpy as np
from earthkit.data import from_source
from session import answer

RUN = {"class": "od", "stream": "oper", "type": "fc", "expver": "0001", "date": "20250101", "time": "0000"}
SURFACE = {**RUN, "levtype": "sfc", "param": "2t/msl"}
LEVELS = {**RUN, "levtype": "pl", "param": "t/u"}
POINTS = [[48.85, 2.35], [-33.9, 18.4]]

REQUESTS = {
    "timeseries": {**SURFACE, "feature": {"type": "timeseries", "points": POINTS, "time_axis": "step", "range": {"start": 0, "end": 24}}},
    "verticalprofile": {**LEVELS, "step": "12", "feature": {"type": "verticalprofile", "points": [POINTS[0]], "axes": "levelist", "range": {"start": 0, "end": 1000}}},
    "boundingbox": {**SURFACE, "step": "0", "feature": {"type": "boundingbox", "points": [[60, -10], [40, 20]]}},
    "polygon": {**SURFACE, "step": "6", "feature": {"type": "polygon", "shape": [[40, -10], [60, 0], [45, 25]]}},
    "circle": {**SURFACE, "step": "6", "feature": {"type": "circle", "center": [[50, 10]], "radius": 5}},
    "trajectory": {**SURFACE, "step": "0", "feature": {"type": "trajectory", "points": [[40, 0], [50, 10]], "inflation": 2, "axes": ["latitude", "longitude"]}},
}


def source(request, stream):
    return from_source(
        "polytope",
        "sample",
        request,
        address=os.environ["ADDRESS"],
        user_key="demo-key",
        user_email="demo@example.org",
        insecure=True,
        stream=stream,
        quiet=True,
    )


def fields_of(request):
    """The whole fields that a feature is cut out of, by name, step and level."""
    whole = {key: value for key, value in request.items() if key != "feature"}
    if "step" not in whole:
        whole["step"] = "0/6/12/18/24"
    if whole["levtype"] == "pl":
        whole["levelist"] = "1000/850/500/250"
    return list(source(whole, False).to_fieldlist())


def same(found, fields):
    """How many values there are, and how many of them are not exactly that of the field at their coordinates."""
    latitudes, longitudes = (part.ravel() for part in fields[0].geography.latlons())
    place = {(round(lat, 9), round(lon % 360, 9)): i for i, (lat, lon) in enumerate(zip(latitudes, longitudes))}
    all_values = {}
    for field in fields:
        name = field.get("parameter.variable")
        values = field.to_numpy(flatten=True)
        all_values.setdefault(name, []).append(values)
    count, wrong = 0, 0
    for dataset in found if isinstance(found, list) else [found]:
        for name, array in dataset.data_vars.items():
            lat = np.atleast_1d(array.coords["latitude"].values)
            lon = np.atleast_1d(array.coords["longitude"].values)
            values = array.values.reshape(-1, lat.size) if lat.size > 1 else array.values.reshape(-1, 1)
            indices = [place[(round(a, 9), round(o % 360, 9))] for a, o in zip(lat, lon)]
            candidates = np.array(all_values[str(name)])[:, indices]
            for row in values:
                count += row.size
                # Each row is one field's: at one step, on one level.
                wrong += 0 if any(np.array_equal(row, one) for one in candidates) else row.size
    return [count, wrong]


def look(request):
    fields = fields_of(request)
    # A stream itself makes no xarray; each answer in it does.
    streamed = [part.to_xarray() for part in source(request, True).to_featurelist()]
    whole = source(request, False).to_xarray()
    return {"file": same(whole, fields), "stream": same(streamed[0] if len(streamed) == 1 else streamed, fields)}


answer({name: look(request) for name, request in REQUESTS.items()})
