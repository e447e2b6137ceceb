"""
The digits that the server writes for a number: the fewest that lie nearer to it than to any other (common/d2s.c).

Python's repr also takes digits that lie exactly between two numbers where rounding to even decides for this one; the
server doesn't, and writes one digit more.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Context, Decimal
from fractions import Fraction
from struct import Struct

_MOST_DIGITS = 17
_single, _bits = Struct("!f"), Struct("!I")
_SIGN, _INFINITE = 1 << 31, 0x7F800000


def digits_of_double(value: float) -> str:
    """Return a finite number above zero as ``1.5e-07``: one digit, the others, a power of ten."""
    below, above = math.nextafter(value, 0), math.nextafter(value, math.inf)
    low = (Fraction(below) + Fraction(value)) / 2
    high = 2 * Fraction(value) - low if math.isinf(above) else (Fraction(value) + Fraction(above)) / 2
    return _shortest(value, lambda text, rounded: rounded == value and low < Fraction(text) < high)


def nearest_double(packed: bytes) -> float:
    """Return the double of the digits that the server writes for a number of 4 bytes: 0.1, not 0.10000000149011612."""
    (value,) = _single.unpack(packed)
    (bits,) = _bits.unpack(packed)
    size = bits & ~_SIGN
    if size == 0 or size >= _INFINITE:
        return float(value)
    positive = abs(value)
    (below,) = _single.unpack(_bits.pack(size - 1))
    above = _single.unpack(_bits.pack(size + 1))[0] if size + 1 < _INFINITE else 2 * positive - below
    low, high = (below + positive) / 2, (positive + above) / 2  # exact: a double has room for one more bit

    def is_inside(text: str, rounded: float) -> bool:
        return low < rounded < high or (rounded in (low, high) and low < Fraction(text) < high)

    return math.copysign(float(_shortest(positive, is_inside)), value)


def _shortest(value: float, is_inside: Callable[[str, float], bool]) -> str:
    """Return the number with the fewest digits that is nearer to *value* than to any other."""
    for places in range(_MOST_DIGITS):
        text = f"{value:.{places}e}"
        if is_inside(text, float(text)):
            return text
        if math.frexp(value)[0] == 0.5:
            # Below a power of two numbers lie nearer to each other: what is rounded down may be out, rounded up in.
            text = f"{Decimal(text).next_plus(Context(prec=places + 1)):.{places}e}"
            if is_inside(text, float(text)):
                return text
    return repr(value)
