"""Writes hypercube/coverage/tables/standard-names.json: the CF standard name of each parameter, where ecCodes knows one.

    python3 scripts/standard-names.py

Needs eccodes==2.50.0, and some minutes. A parameter is asked for through a sample message of GRIB 2, or else of GRIB 1,
whose `paramId` is set.
"""

import json
from pathlib import Path

import eccodes

ROOT = Path(__file__).resolve().parent.parent / "hypercube"
IDS = ROOT / "grib/tables/parameters.json"
OUT = ROOT / "coverage/tables/standard-names.json"


def standard_name(samples, param):
    for sample in samples:
        message = eccodes.codes_clone(sample)
        try:
            eccodes.codes_set(message, "paramId", param)
            name = eccodes.codes_get(message, "cfName")
            return None if name in ("unknown", "~", "") else name
        except eccodes.CodesInternalError:
            continue  # This edition cannot say it.
        finally:
            eccodes.codes_release(message)
    return None


def main():
    ids = sorted(int(one) for one in json.loads(IDS.read_text())["params"])
    samples = [eccodes.codes_grib_new_from_samples(name) for name in ("GRIB2", "GRIB1")]
    names = {str(one): name for one in ids if (name := standard_name(samples, one))}
    version = eccodes.codes_get_api_version()
    source = f"CF standard names by parameter id, as ecCodes {version} (ECMWF, Apache License 2.0) gives them"
    OUT.write_text(json.dumps({"source": source, "names": names}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
