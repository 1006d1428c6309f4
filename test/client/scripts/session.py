"""What every script here begins with: the unmodified client, and how a script answers its test.

A script is given the server's address as ADDRESS, runs in an empty folder that is also its HOME, and prints one
JSON document on standard output (the client itself writes to standard error only).
"""

import contextlib
import io
import json
import os

import eccodes
from polytope.api import Client

# Exactly one field of the sample archive.
TWO_METRE_TEMPERATURE = {
    "class": "od",
    "stream": "oper",
    "type": "fc",
    "expver": "0001",
    "levtype": "sfc",
    "param": "2t",
    "date": "20250101",
    "time": "0000",
    "step": "0",
}

CREDENTIALS = {
    "basic": {"username": "demo", "password": "demo"},
    "bearer": {"user_key": "demo-key"},
    "email_key": {"user_key": "demo-key", "user_email": "demo@example.org"},
}


def client(credentials="email_key", **more):
    return Client(address=os.environ["ADDRESS"], insecure=True, **CREDENTIALS[credentials], **more)


def transcript(action, credentials="email_key"):
    """What a person sees: the client answers some calls only by what it logs."""
    seen = io.StringIO()
    with contextlib.redirect_stderr(seen):
        action(client(credentials))
    return seen.getvalue()


def failure(action):
    """Class and text of the exception that an action must raise."""
    try:
        action()
    except Exception as error:
        return {"type": type(error).__name__, "text": str(error)}
    return None


def messages(path):
    """The GRIB messages of a file, as ecCodes reads them."""
    keys = ["shortName", "dataDate", "stepRange"]
    found = []
    with open(path, "rb") as file:
        while (handle := eccodes.codes_grib_new_from_file(file)) is not None:
            found.append({key: eccodes.codes_get(handle, key, str) for key in keys})
            eccodes.codes_release(handle)
    return found


def answer(document):
    print(json.dumps(document))
