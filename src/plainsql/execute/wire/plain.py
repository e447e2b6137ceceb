"""
From the binary form of built-in types to the text that the server would have written.

The forms are those of the types' send functions, the texts those of their output functions (src/backend/utils/adt).
Types whose text depends on more than the value have none here: money, and the reg types, which are names of objects.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from struct import Struct, unpack, unpack_from

from plainsql.execute.wire.digits import digits_of_double
from plainsql.execute.wire.search import plain_tsquery, plain_tsvector

_SIGNIFICANT = 15
"""From this power of ten on the server writes a number with an exponent."""


def number(value: float) -> str:
    """Return a float as the server writes it: the fewest digits, an exponent below 1e-4 and from 1e15 on."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    mantissa, _, exponent = (digits_of_double(abs(value)) if value else "0").partition("e")
    shown = mantissa.replace(".", "").rstrip("0") or "0"
    power = int(exponent or 0)
    if power < -4 or power >= _SIGNIFICANT:
        text = f"{shown[0]}{'.' if shown[1:] else ''}{shown[1:]}e{'+' if power >= 0 else '-'}{abs(power):02}"
    elif power < 0:
        text = f"0.{'0' * (-power - 1)}{shown}"
    else:
        whole = shown[: power + 1].ljust(power + 1, "0")
        text = f"{whole}.{shown[power + 1 :]}" if shown[power + 1 :] else whole
    return f"-{text}" if math.copysign(1, value) < 0 else text


def _points(data: bytes, start: int = 0) -> Iterator[str]:
    numbers = unpack_from(f"!{(len(data) - start) // 8}d", data, start)
    return (f"({number(x)},{number(y)})" for x, y in zip(numbers[::2], numbers[1::2], strict=False))


def _line(data: bytes) -> str:
    return "{" + ",".join(map(number, unpack("!3d", data))) + "}"


def _circle(data: bytes) -> str:
    return f"<{next(_points(data[:16]))},{number(unpack_from('!d', data, 16)[0])}>"


def _path(data: bytes) -> str:
    points = ",".join(_points(data, 5))
    return f"({points})" if data[0] else f"[{points}]"


def _char(data: bytes) -> str:
    return "" if data == b"\0" else data.decode("ascii") if data < b"\x80" else f"\\{data[0]:03o}"


def _bits(data: bytes) -> str:
    (length,) = unpack_from("!i", data)
    return "".join(f"{byte:08b}" for byte in data[4:])[:length]


def _snapshot(data: bytes) -> str:
    count, low, high, *running = unpack(f"!i{(len(data) - 4) // 8}Q", data)
    assert len(running) == count
    return f"{low}:{high}:{','.join(map(str, running))}"


def _lsn(data: bytes) -> str:
    high, low = unpack("!II", data)
    return f"{high:X}/{low:X}"


def _vector(item: str) -> Callable[[bytes], str]:
    """The arrays of the catalogs: one dimension, without NULL."""
    size = Struct(f"!i{item}")

    def text(data: bytes) -> str:
        return " ".join(str(value) for _, value in size.iter_unpack(data[20:]))

    return text


def _integer(form: str) -> Callable[[bytes], str]:
    return lambda data: str(unpack(form, data)[0])


_TEXTS: dict[int, Callable[[bytes], str]] = {
    18: _char,
    22: _vector("h"),  # int2vector
    27: lambda data: "({},{})".format(*unpack("!IH", data)),  # tid
    28: _integer("!I"),  # xid
    29: _integer("!I"),  # cid
    30: _vector("I"),  # oidvector
    600: lambda data: next(_points(data)),
    601: lambda data: f"[{','.join(_points(data))}]",  # lseg
    602: _path,
    603: lambda data: ",".join(_points(data)),  # box
    604: lambda data: f"({','.join(_points(data, 4))})",  # polygon
    628: _line,
    718: _circle,
    774: lambda data: data.hex(":"),  # macaddr8
    829: lambda data: data.hex(":"),  # macaddr
    1560: _bits,
    1562: _bits,
    2970: _snapshot,  # txid_snapshot
    3220: _lsn,
    5038: _snapshot,  # pg_snapshot
    5069: _integer("!Q"),  # xid8
}

PLAIN: dict[int, Callable[[bytes], bytes]] = (
    {
        oid: lambda data, text=text: text(data).encode()  # bound early
        for oid, text in _TEXTS.items()
    }
    | {
        3614: plain_tsvector,
        3615: plain_tsquery,
        4072: lambda data: data[1:],  # jsonpath: a version goes before
    }
)
"""By OID: the text, in the encoding of the data."""
