"""Writes GRIB messages, all with other values: forecasts and members on O32 and on one degree, climate-dt and its monthly
means on HEALPix. Argument: a folder."""

import itertools
import sys
import zlib

import eccodes
import numpy

FOLDER = sys.argv[1]


def octahedral():
    message = eccodes.codes_grib_new_from_samples("reduced_gg_pl_32_grib2")
    rows = [20 + 4 * row for row in range(32)]
    rows += rows[::-1]
    eccodes.codes_set_array(message, "pl", numpy.array(rows))
    eccodes.codes_set(
        message, "longitudeOfLastGridPointInDegrees", 360 - 360 / max(rows)
    )
    return message, sum(rows)


def degree():
    message = eccodes.codes_grib_new_from_samples("regular_ll_sfc_grib2")
    keys = {
        "Ni": 360,
        "Nj": 181,
        "latitudeOfFirstGridPointInDegrees": 90,
        "longitudeOfFirstGridPointInDegrees": 0,
        "latitudeOfLastGridPointInDegrees": -90,
        "longitudeOfLastGridPointInDegrees": 359,
        "iDirectionIncrementInDegrees": 1,
        "jDirectionIncrementInDegrees": 1,
    }
    for key, value in keys.items():
        eccodes.codes_set(message, key, value)
    return message, 360 * 181


def healpix():
    message = eccodes.codes_grib_new_from_samples("regular_ll_sfc_grib2")
    points = 12 * 16 * 16
    keys = {
        "gridType": "healpix",
        "Nside": 16,
        "ordering": 1,
        "longitudeOfFirstGridPointInDegrees": 45,
        "numberOfDataPoints": points,
        "numberOfValues": points,
    }
    for key, value in keys.items():
        eccodes.codes_set(message, key, value)
    return message, points


MONTH = {
    "productDefinitionTemplateNumber": 8,
    "typeOfStatisticalProcessing": 0,
    "typeOfTimeIncrement": 1,
    "indicatorOfUnitForTimeRange": 3,
    "lengthOfTimeRange": 1,
}


def write(file, grid, keys, before=None):
    message, points = grid()
    eccodes.codes_set(message, "setLocalDefinition", 1)
    if "dataset" in keys:
        eccodes.codes_set(message, "tablesVersion", 32)
        eccodes.codes_set(message, "productionStatusOfProcessedData", 12)
    eccodes.codes_set(message, "localDefinitionNumber", 1)
    values = dict(keys)
    level = values.pop("levelist", None)
    number = values.pop("number", None)
    # What other keys depend on comes first.
    labels = ("class", "dataset", "stream", "type")
    first = {key: values.pop(key) for key in labels if key in values}
    first.update(before or {})
    if number is not None:
        first["productDefinitionTemplateNumber"] = 1
        first["perturbationNumber"] = number
        first["numberOfForecastsInEnsemble"] = 50
    if level is not None:
        first["typeOfFirstFixedSurface"] = 100
        first["scaleFactorOfFirstFixedSurface"] = 0
        first["scaledValueOfFirstFixedSurface"] = level * 100
    for key, value in {**first, **values}.items():
        eccodes.codes_set(message, key, value)
    seed = zlib.crc32(repr(sorted(keys.items())).encode()) % 1000
    places = numpy.arange(points)
    eccodes.codes_set(message, "bitsPerValue", 24)
    eccodes.codes_set_values(
        message, seed + (places % 977) / 7 + 40 * numpy.sin(places / 53)
    )
    eccodes.codes_write(message, file)
    eccodes.codes_release(message)


def combined(common, **axes):
    """Keys of a message for each combination."""
    for values in itertools.product(*axes.values()):
        yield {**common, **dict(zip(axes, values))}


OPER = {"class": "od", "stream": "oper", "type": "fc", "expver": "0001"}
ENFO = {**OPER, "stream": "enfo", "type": "pf"}
CLIMATE = {
    "class": "d1",
    "dataset": "climate-dt",
    "type": "fc",
    "expver": "0001",
    "activity": "baseline",
    "experiment": "hist",
    "generation": 1,
    "model": "IFS-NEMO",
    "realization": 1,
    "resolution": "standard",
}
DATES = (20250101, 20250102)
SURFACE = {"paramId": (167, 165)}
LEVELS = {"levelist": (1000, 850, 500), "paramId": (130, 133)}

with open(f"{FOLDER}/messages.grib2", "wb") as file:
    for keys in [
        *combined(OPER, date=DATES, time=(0, 1200), endStep=(0, 3, 6, 12), **SURFACE),
        *combined({**OPER, "time": 0}, date=DATES, endStep=(0, 6), **LEVELS),
        *combined(
            {**ENFO, "time": 0}, date=DATES, number=(1, 2, 3), endStep=(0, 6), **SURFACE
        ),
        *combined(
            {**ENFO, "time": 0, "date": 20250101},
            number=(1, 2),
            endStep=(0, 6),
            **LEVELS,
        ),
    ]:
        write(file, octahedral, keys)
    degrees = {**OPER, "expver": "0002", "date": 20250101, "time": 0}
    for keys in combined(degrees, endStep=(0,), paramId=(167,)):
        write(file, degree, keys)
    hourly = {**CLIMATE, "stream": "clte", "endStep": 0}
    days = {"date": (20200101, 20200102), "time": (0, 600)}
    for keys in [
        *combined(hourly, **days, **SURFACE),
        *combined(hourly, **days, levelist=(850, 500), paramId=(130,)),
    ]:
        write(file, healpix, keys)
    for year, month in itertools.product((2010, 2011), (1, 7, 12)):
        ends = {
            "yearOfEndOfOverallTimeInterval": year + month // 12,
            "monthOfEndOfOverallTimeInterval": month % 12 + 1,
            "dayOfEndOfOverallTimeInterval": 1,
            "hourOfEndOfOverallTimeInterval": 0,
        }
        date = {"date": year * 10000 + month * 100 + 1, "time": 0}
        keys = {**CLIMATE, "stream": "clmn", "paramId": 228004}
        write(file, healpix, keys, {**date, **MONTH, **ends})
