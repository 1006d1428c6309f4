"""The ways to retrieve and wait: into a named file, without a name, several at once, only a pointer."""

import os
import urllib.request

from session import TWO_METRE_TEMPERATURE, answer, client, messages

polytope = client()
steps = [{**TWO_METRE_TEMPERATURE, "step": step} for step in ["0", "6", "12"]]

[named] = polytope.retrieve("sample", TWO_METRE_TEMPERATURE, "named.grib")
[unnamed] = polytope.retrieve("sample", TWO_METRE_TEMPERATURE)
polytope.retrieve("sample", steps, "list.grib")
polytope.retrieve("sample", TWO_METRE_TEMPERATURE, "list.grib", append=True)
with open("request.yaml", "w") as file:
    file.write("\n".join(f"{key}: '{value}'" for key, value in TWO_METRE_TEMPERATURE.items()))
polytope.retrieve("sample", "request.yaml", "from-file.grib", inline_request=False)
[pointer] = polytope.retrieve("sample", TWO_METRE_TEMPERATURE, pointer=True)
# A pointer is a capability: no credentials, and as often as one likes.
fetched = [urllib.request.urlopen(pointer["location"]).read() for _ in range(2)]
with open("pointer.grib", "wb") as file:
    file.write(fetched[1])

answer(
    {
        "named": messages("named.grib"),
        "returned": [os.path.basename(named), os.path.basename(unnamed)],
        "unnamed": messages(unnamed),
        "list": messages("list.grib"),
        "from_file": messages("from-file.grib"),
        "pointer": {**pointer, "bytes": len(fetched[0])},
        "pointed": messages("pointer.grib"),
    }
)
