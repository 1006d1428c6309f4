"""
Messages of packings that ecCodes reads and does not write, or writes only by a detour: second order in all its
variants, run lengths, logarithms, IEEE in GRIB 1; and larger images of many bits. Where there is no writer, section 4 is written here, bit by bit.
"""

import math
import random

import eccodes

MISSING = 9999.0
NI, NJ = 37, 24


def waves(points, missing=False):
    values = [273 + 20 * math.sin(i / 11) + random.gauss(0, 1) for i in range(points)]
    values = [v if (i // 150) % 4 else 270.0 for i, v in enumerate(values)]
    return [MISSING if missing and random.random() < 0.3 else v for v in values]


def new(sample, keys, values):
    """Simple packing, to be packed again; None for the grid's own size."""
    handle = eccodes.codes_grib_new_from_samples(sample)
    if sample.startswith("regular"):
        eccodes.codes_set(handle, "Ni", NI)
        eccodes.codes_set(handle, "Nj", NJ)
    if values is None:
        values = waves(eccodes.codes_get(handle, "numberOfDataPoints"), "missingValue" in keys)
    for name, value in keys.items():
        eccodes.codes_set(handle, name, value)
    eccodes.codes_set_values(handle, values)
    return handle


def octets(handle):
    message = eccodes.codes_get_message(handle)
    eccodes.codes_release(handle)
    return message


def back_and_forth_fails(sample, alternate):
    """Rows of a reduced grid that go back and forth: ecCodes moves every second one by a point, beyond the last too."""
    return alternate and sample.startswith("reduced")


def repacked():
    """What ecCodes writes itself."""
    for sample in ("regular_ll_pl_grib1", "reduced_gg_pl_32_grib1"):
        for missing in (0, 1):
            masked = {"bitmapPresent": 1, "missingValue": MISSING} if missing else {}
            for kind in ("", "_no_SPD", "_SPD1", "_SPD3", "_boustrophedonic"):
                if back_and_forth_fails(sample, kind == "_boustrophedonic"):
                    continue
                for bits in (1, 3, 8, 12, 16, 24, 31):
                    handle = new(sample, masked | {"bitsPerValue": bits}, None)
                    eccodes.codes_set(handle, "packingType", "grid_second_order" + kind)
                    yield "second_order", octets(handle)
    for scale in (-2, 1, 3):
        keys = {"bitsPerValue": 14, "decimalScaleFactor": scale}
        handle = new("regular_ll_pl_grib1", keys, None)
        eccodes.codes_set(handle, "packingType", "grid_second_order")
        yield "second_order", octets(handle)
    # Columns, of which every second one goes the other way.
    handle = new("regular_ll_pl_grib1", {"jPointsAreConsecutive": 1, "bitsPerValue": 11}, None)
    eccodes.codes_set(handle, "packingType", "grid_second_order_boustrophedonic")
    yield "second_order", octets(handle)


def edition2():
    """Written as GRIB 1 and translated: set directly, ecCodes writes numbers that it does not read back."""
    for missing in (0, 1):
        masked = {"bitmapPresent": 1, "missingValue": MISSING} if missing else {}
        for kind in ("", "_boustrophedonic"):
            for bits in (4, 12, 16, 24):
                handle = new("regular_ll_pl_grib1", masked | {"bitsPerValue": bits}, None)
                eccodes.codes_set(handle, "packingType", "grid_second_order" + kind)
                eccodes.codes_set(handle, "edition", 2)
                yield "second_order_2", octets(handle)


class Bits:
    def __init__(self):
        self.text = ""

    def put(self, number, width):
        self.text += format(number, f"0{width}b") if width else ""
        return self

    def align(self, octets=1):
        self.text += "0" * (-len(self.text) % (8 * octets))
        return self

    def bytes(self):
        self.align()
        return int("1" + self.text, 2).to_bytes(len(self.text) // 8 + 1, "big")[1:]


def runs_of(row, length):
    return [row[i : i + length] for i in range(0, len(row), length)]


def section4(numbers, groups, flags, old):
    """Section 4 for numbers in groups, by the flags of octet 14; scale and reference as they were."""
    first_bits = max(min(group) for group in groups if group).bit_length()
    widths = [(max(g) - min(g)).bit_length() if g else 0 for g in groups]
    if not flags & 0x10:
        widths = [max(widths)] * len(groups)
    body = Bits()
    if flags & 0x10:
        for width in widths:
            body.put(width, 8)
    else:
        body.put(widths[0], 8)
    first_at = 21 + len(body.text) // 8 + 1
    if flags & 0x20:
        for group in groups:
            for i in range(len(group)):
                body.put(0 if i else 1, 1)
        body.align()
    for group in groups:
        body.put(min(group, default=0), first_bits)
    body.align()
    second_at = 21 + len(body.text) // 8 + 1
    for group, width in zip(groups, widths):
        for number in group:
            body.put(number - min(group), width)
    unused = -len(body.text) % 8
    octets = body.bytes()
    if (21 + len(octets)) % 2:
        octets, unused = octets + b"\0", unused + 8
    head = bytes([0x50 | unused]) + old[4:10] + bytes([first_bits])
    head += first_at.to_bytes(2, "big") + bytes([flags]) + second_at.to_bytes(2, "big")
    head += (len(groups) % 65536).to_bytes(2, "big") + (len(numbers) % 65536).to_bytes(2, "big")
    head += bytes([len(groups) >> 16])
    return (3 + len(head) + len(octets)).to_bytes(3, "big") + head + octets


def written(sample, flags, keys, missing):
    """A GRIB 1 message whose section 4 is replaced."""
    masked = {"bitmapPresent": 1, "missingValue": MISSING} if missing else {}
    handle = new(sample, masked | keys | {"bitsPerValue": 12}, None)
    rows = eccodes.codes_get(handle, "Nj")
    try:
        pl = [int(n) for n in eccodes.codes_get_array(handle, "pl")]
    except eccodes.CodesInternalError:
        pl = [eccodes.codes_get(handle, "Ni")] * rows
        if keys.get("jPointsAreConsecutive"):
            pl = [rows] * pl[0]
    present = [True] * sum(pl)
    if missing:
        present = [bool(b) for b in eccodes.codes_get_array(handle, "bitmap")]
    start = eccodes.codes_get(handle, "offsetSection4")
    message = octets(handle)
    numbers, row_numbers, at = [], [], 0
    for points in pl:
        here = [random.randrange(4096) >> random.choice((0, 3, 6)) for _ in range(points)]
        here = [n for n, there in zip(here, present[at : at + points]) if there]
        row_numbers.append(here)
        numbers += here
        at += points
    if flags & 0x20:
        groups = [g for length in [random.choice((5, 17, 40))] for g in runs_of(numbers, length)]
    else:
        groups = row_numbers
    four = section4(numbers, groups, flags, message[start:])
    whole = message[:start] + four + b"7777"
    return whole[:4] + len(whole).to_bytes(3, "big") + whole[7:]


def without_writer():
    for missing in (0, 1):
        for sample in ("regular_ll_pl_grib1", "reduced_gg_pl_32_grib1"):
            for flags in (0x10, 0x20, 0x30, 0x24):
                if back_and_forth_fails(sample, flags == 0x24):
                    continue
                yield "written", written(sample, flags, {}, missing)
    yield "written", written("regular_ll_pl_grib1", 0x10, {"jPointsAreConsecutive": 1}, 0)
    yield "written", written("regular_ll_pl_grib1", 0x34, {}, 1)


def readable(message):
    """Bits that fill the last octet ecCodes writes, and may read as one more number."""
    handle = eccodes.codes_new_from_message(message)
    try:
        return len(eccodes.codes_get_values(handle)) > 0
    except eccodes.CodesInternalError:
        return False
    finally:
        eccodes.codes_release(handle)


def run_lengths():
    for bits, levels, scale in ((8, 30, 1), (4, 9, 0), (8, 250, 129), (12, 70, 2), (16, 40, 1)):
        values = []
        while len(values) < NI * NJ:
            level = random.randrange(levels + 1)
            values += [level] * random.choice((1, 2, 3, 90))
        del values[NI * NJ :]
        handle = eccodes.codes_grib_new_from_samples("regular_ll_pl_grib2")
        eccodes.codes_set(handle, "Ni", NI)
        eccodes.codes_set(handle, "Nj", NJ)
        eccodes.codes_set(handle, "packingType", "grid_run_length")
        eccodes.codes_set(handle, "numberOfValues", NI * NJ)
        eccodes.codes_set(handle, "bitsPerValue", bits)
        eccodes.codes_set(handle, "maxLevelValue", levels)
        eccodes.codes_set(handle, "numberOfLevelValues", levels)
        eccodes.codes_set(handle, "decimalScaleFactor", scale)
        coded = [3 * i + 1 for i in range(levels)]
        eccodes.codes_set_array(handle, "levelValues", coded)
        power = -(scale - 128) if scale > 127 else scale
        numbers = [coded[v - 1] * 10.0**-power if v else MISSING for v in values]
        eccodes.codes_set_values(handle, numbers)
        message = octets(handle)
        if readable(message):
            yield "run_length", message


def logarithms():
    for missing in (0, 1):
        masked = {"bitmapPresent": 1, "missingValue": MISSING} if missing else {}
        for bits in (5, 12, 16, 24):
            for low in (0, -300):
                values = waves(NI * NJ, missing)
                values = [v if v == MISSING else v + low for v in values]
                handle = new("regular_ll_pl_grib2", masked | {"bitsPerValue": bits}, values)
                eccodes.codes_set(handle, "packingType", "grid_simple_log_preprocessing")
                yield "logarithms", octets(handle)


def ieee1():
    for missing in (0, 1):
        masked = {"bitmapPresent": 1, "missingValue": MISSING} if missing else {}
        for precision in (1, 2):
            keys = {"packingType": "grid_ieee", "precision": precision}
            yield "ieee_1", octets(new("regular_ll_pl_grib1", masked | keys, None))


def dummies():
    """As GRIBEX marks a field without data: by its binary scale factor, whatever else section 4 says."""
    for missing in (0, 1):
        masked = {"bitmapPresent": 1, "missingValue": MISSING} if missing else {}
        handle = new("regular_ll_pl_grib1", masked | {"bitsPerValue": 12}, None)
        start = eccodes.codes_get(handle, "offsetSection4")
        message = bytearray(octets(handle))
        message[start + 4 : start + 6] = b"\xff\xff"
        yield "dummy", bytes(message)


def deep_images():
    """Of many code-blocks, with long runs of the same value, and a column or a row alone."""
    for columns, rows, bits in ((301, 170, 22), (200, 129, 25), (257, 65, 17), (1, 97, 20), (97, 1, 20)):
        smooth = [math.sin(i / 900) * math.cos(i % columns / 40) for i in range(columns * rows)]
        values = [v if v > 0 else 0.0 for v in smooth]
        values = [v + random.random() / 1000 if i % columns > 150 else v for i, v in enumerate(values)]
        keys = {"Ni": columns, "Nj": rows, "bitsPerValue": bits}
        handle = new("regular_ll_pl_grib2", keys, values)
        eccodes.codes_set(handle, "packingType", "grid_jpeg")
        yield "deep_image", octets(handle)


def messages():
    random.seed(20250201)
    for kind in (repacked, edition2, without_writer, run_lengths, logarithms, ieee1, dummies, deep_images):
        yield from kind()
