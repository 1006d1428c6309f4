"""Giving data to be archived: a local file, a file later on, and the result of another request."""

import hashlib
import os

from polytope.api import Client
from session import answer, client, failure

polytope = client()


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def request(step):
    return {
        "class": "od",
        "stream": "oper",
        "type": "fc",
        "expver": "0001",
        "levtype": "sfc",
        "param": "2t",
        "date": "20250101",
        "time": "0000",
        "step": step,
    }


def metadata(step):
    """A file: the inline form of this client does not work with today's Python."""
    path = f"metadata-{step}.yaml"
    with open(path, "w") as file:
        file.writelines(f"{key}: '{value}'\n" for key, value in request(step).items())
    return path


def archived(step):
    polytope.retrieve("fields", request(step), f"again-{step}.grib")
    return digest(f"again-{step}.grib") == digest(f"step-{step}.grib")


polytope.archive("fields", metadata("0"), "step-0.grib", inline_metadata=False)

where = polytope.archive("fields", metadata("6"), "", inline_metadata=False, asynchronous=True)
polytope.upload(where, "step-6.grib")

later = polytope.archive("fields", metadata("12"), "", inline_metadata=False, asynchronous=True)
polytope.upload(later.split("/")[-1], "step-12.grib")

pointer = polytope.retrieve("fields", request("0"), pointer=True)[0]["location"]
polytope.archive("copies", metadata("0"), pointer, inline_metadata=False)
polytope.retrieve("copies", request("0"), "copy.grib")

wrong = failure(lambda: polytope.archive("fields", metadata("18"), "step-0.grib", inline_metadata=False))
nowhere = failure(lambda: polytope.archive("echo", metadata("0"), "step-0.grib", inline_metadata=False))
stranger = Client(address=os.environ["ADDRESS"], insecure=True, user_key="other-key")
foreign = failure(lambda: stranger.upload(later, "step-12.grib"))
elsewhere = failure(
    lambda: polytope.archive("fields", metadata("0"), "http://example.org/x", inline_metadata=False)
)

answer(
    {
        "archived": [archived(step) for step in ("0", "6", "12")],
        "copied": digest("copy.grib") == digest("step-0.grib"),
        "wrong": wrong,
        "nowhere": nowhere,
        "foreign": foreign,
        "elsewhere": elsewhere,
    }
)
