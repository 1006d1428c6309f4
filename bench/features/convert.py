"""Writes a field once more as ecCodes packs or places it: packed by CCSDS, or on the HEALPix grid H1024."""

import sys

import eccodes
import numpy


def message_of(path):
    with open(path, "rb") as file:
        return eccodes.codes_grib_new_from_file(file)


def write(message, path):
    with open(path, "wb") as file:
        eccodes.codes_write(message, file)


def to_ccsds(source, target):
    message = message_of(source)
    values = eccodes.codes_get_values(message)
    eccodes.codes_set(message, "packingType", "grid_ccsds")
    eccodes.codes_set_values(message, values)
    write(message, target)


def to_healpix(source, target):
    message = message_of(source)
    side = 1024
    eccodes.codes_set(message, "gridType", "healpix")
    eccodes.codes_set(message, "Nside", side)
    eccodes.codes_set(message, "ordering", 0)
    eccodes.codes_set(message, "longitudeOfFirstGridPointInDegrees", 45)
    eccodes.codes_set(message, "bitsPerValue", 16)
    points = numpy.arange(12 * side * side)
    eccodes.codes_set(message, "numberOfDataPoints", points.size)
    eccodes.codes_set(message, "numberOfValues", points.size)
    noise = (points * 2654435761) % 4096 / 4096
    eccodes.codes_set_values(message, 280 + 20 * numpy.cos(points / 1e6) + noise)
    write(message, target)


kind, source, target = sys.argv[1:]
{"ccsds": to_ccsds, "healpix": to_healpix}[kind](source, target)
