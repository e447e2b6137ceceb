"""
The text of arrays, composite types and ranges: their pieces are quoted by bytes that are ASCII.

In a few client encodings such a byte may be half of a character, so there the text goes by way of UTF-8. Patterns are
compiled on first use: every program that imports a generated module would wait for them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from psycopg.abc import Buffer, Transformer

_SHARED_BYTES = frozenset({"big5", "cp949", "gb18030", "gbk", "johab", "shift_jis", "shift_jis_2004"})
"""Python's names of the client encodings that can't be a server's encoding, for this very reason."""


def recoders(tx: Transformer) -> tuple[Callable[[Buffer], bytes], Callable[[Buffer], bytes]]:
    """Return what makes text in the connection's encoding safe to cut, and what undoes it for a piece."""
    encoding = tx.encoding
    if encoding not in _SHARED_BYTES:
        return bytes, bytes
    return (
        lambda data: bytes(data).decode(encoding).encode(),
        lambda data: bytes(data).decode().encode(encoding),
    )


def of_pieces(load: Callable[[Any], Any], tx: Transformer) -> Callable[[Any], Any]:
    """Return *load* for pieces of what is safe to cut."""
    _, after = recoders(tx)
    return load if after is bytes else lambda piece: load(after(piece))


@cache
def quoter(special: bytes, escape: bytes) -> Callable[[bytes], bytes]:
    """
    Return a function that quotes a piece where it must be quoted.

    Args:
        special: The bytes that need quotes, as a regular expression writes them inside brackets.
        escape: Replacement for a quote or a backslash, which is group 1.
    """
    search = re.compile(rb'[\s"\\' + special + rb"]|\A\Z|\A(?i:null)\Z").search
    double = re.compile(rb'(["\\])').sub

    def quote(data: Any) -> bytes:
        return b'"' + double(escape, data) + b'"' if search(data) else bytes(data)

    return quote
