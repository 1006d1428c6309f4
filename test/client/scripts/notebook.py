"""earthkit-data's own source, as notebooks use it: the values, by file and by stream."""

import os

from earthkit.data import from_source
from session import TWO_METRE_TEMPERATURE, answer


def read(stream):
    data = from_source(
        "polytope",
        "sample",
        TWO_METRE_TEMPERATURE,
        address=os.environ["ADDRESS"],
        user_key="demo-key",
        user_email="demo@example.org",
        insecure=True,
        stream=stream,
        quiet=True,
    )
    # Not list(): a stream's field list has no length, and list() asks for one.
    values = [field.to_numpy(flatten=True) for field in data.to_fieldlist()]
    return [
        {"size": value.size, "min": value.min(), "mean": value.mean(), "max": value.max()}
        for value in values
    ]


answer({"file": read(False), "stream": read(True)})
