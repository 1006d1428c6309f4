"""However results are delivered: polytope-client by file and pointer, earthkit-data by file and stream, HEAD as tools send it."""

import os
import urllib.error
import urllib.request

from earthkit.data import from_source
from session import TWO_METRE_TEMPERATURE, answer, client, messages

polytope = client()
[named] = polytope.retrieve("sample", TWO_METRE_TEMPERATURE, "named.grib")
[unnamed] = polytope.retrieve("sample", TWO_METRE_TEMPERATURE)
[pointer] = polytope.retrieve("sample", TWO_METRE_TEMPERATURE, pointer=True)


def ask(method, **headers):
    request = urllib.request.Request(pointer["location"], method=method, headers=headers)
    try:
        with urllib.request.urlopen(request) as response:
            length = len(response.read())
            return {"status": response.status, "length": length, **dict(response.headers.items())}
    except urllib.error.HTTPError as error:
        return {"status": error.code}


def points(stream):
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
    return [field.to_numpy(flatten=True).size for field in data.to_fieldlist()]


def earthkit(stream):
    try:
        return points(stream)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


answer(
    {
        "named": messages("named.grib"),
        "unnamed": messages(unnamed),
        "name": os.path.basename(unnamed),
        "pointer": pointer,
        "get": ask("GET"),
        "range": ask("GET", Range="bytes=0-3"),
        "head": ask("HEAD"),
        "file": earthkit(False),
        "stream": earthkit(True),
    }
)
