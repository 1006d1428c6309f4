"""A feature in a format that polytope-client does not know, which it takes as bytes; and one that there is not."""

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


answer(
    {
        "csv": first_line("csv"),
        "geojson": first_line("geojson")[:27],
        "wrong": failure(lambda: client().retrieve("sample", {**SERIES, "format": "netcdf"}, "answer")),
    }
)
