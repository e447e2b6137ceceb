"""The text of tsvector and tsquery, from their binary form: utils/adt/tsvector.c and tsquery.c."""

from __future__ import annotations

from collections.abc import Iterator
from struct import unpack_from

_NOT, _AND, _OR, _PHRASE = 1, 2, 3, 4
_PRIORITY = {_NOT: 4, _AND: 2, _OR: 1, _PHRASE: 3}
_WEIGHTS = b"DCBA"


def plain_tsvector(data: bytes) -> bytes:
    """Return ``'a':1A 'b':2,3``."""
    (count,) = unpack_from("!i", data)
    position = 4
    words: list[bytes] = []
    for _ in range(count):
        end = data.index(b"\0", position)
        word = _quoted(data[position:end])
        (places,) = unpack_from("!H", data, end + 1)
        listed = unpack_from(f"!{places}H", data, end + 3)
        if listed:
            word += b":" + b",".join(b"%d%b" % (place & 0x3FFF, _weight(place >> 14)) for place in listed)
        words.append(word)
        position = end + 3 + 2 * places
    return b" ".join(words)


def plain_tsquery(data: bytes) -> bytes:
    """Return ``'a' & !( 'b' | 'c' )``."""
    (count,) = unpack_from("!i", data)
    return _infix(_items(data, 4), 0, False) if count else b""


def _items(data: bytes, position: int) -> Iterator[bytes | tuple[int, int]]:
    """Yield words as their text, operators with their distance; an operator comes before its right and left operand."""
    while position < len(data):
        if data[position] == 1:
            weights, prefix = data[position + 1], data[position + 2]
            end = data.index(b"\0", position + 3)
            letters = b"".join(_WEIGHTS[bit : bit + 1] for bit in (3, 2, 1, 0) if weights & 1 << bit)
            marks = (b"*" if prefix else b"") + letters
            yield _quoted(data[position + 3 : end]) + (b":" + marks if marks else b"")
            position = end + 1
            continue
        operator = data[position + 1]
        position += 2
        distance = 0
        if operator == _PHRASE:
            (distance,) = unpack_from("!h", data, position)
            position += 2
        yield operator, distance


def _infix(items: Iterator[bytes | tuple[int, int]], outer: int, right_of_phrase: bool) -> bytes:
    item = next(items)
    if isinstance(item, bytes):
        return item
    operator, distance = item
    priority = _PRIORITY[operator]
    if operator == _NOT:
        text = b"!" + _infix(items, priority, False)
    else:
        right = _infix(items, priority, operator == _PHRASE)
        left = _infix(items, priority, False)
        sign = b"<->" if distance == 1 else b"<%d>" % distance if operator == _PHRASE else b"&|"[operator - 2 :][:1]
        text = left + b" " + sign + b" " + right
    needs_parentheses = priority < outer or (operator == _PHRASE and right_of_phrase)
    return b"( " + text + b" )" if needs_parentheses else text


def _quoted(word: bytes) -> bytes:
    return b"'" + word.replace(b"\\", b"\\\\").replace(b"'", b"''") + b"'"


def _weight(number: int) -> bytes:
    return _WEIGHTS[number : number + 1] if number else b""
