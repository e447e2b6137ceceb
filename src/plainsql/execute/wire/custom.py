"""Types that a project reads and writes by functions of its own: ``[tool.plainsql.types]``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
from psycopg.abc import Transformer
from psycopg.pq import Format

from plainsql.execute.arguments import an, in_words
from plainsql.execute.columns import FIRST_USER_OID, TEXTS, reads
from plainsql.execute.wire.codec import TEXT, Codec, Dump, Load, resolve

_TEXT_OID = 25


class Custom(Codec):
    """
    A type by the text that PostgreSQL writes and takes.

    Args:
        python: Its class, which arguments are checked against; any other annotation is not.
        load: From text.
        dump: To text.
        oid: Of a built-in type; 0: a type of the database.
    """

    reads_binary = False
    sends_binary = False
    is_list = True
    """Nobody knows whether the class is a list, so a list is never taken for a dimension of an array."""

    def __init__(self, python: Any, load: Callable[[str], Any], dump: Callable[[Any], str], oid: int = 0) -> None:
        super().__init__(python, load, dump, oid)
        self._class = python if isinstance(python, type) else object
        self._load = load
        self._dump = dump
        self._oid = oid
        self.expected = an(self._class.__name__) if self._class is not object else "a value of its type"

    def loader(self, tx: Transformer, format: Format, type_oid: int = 0) -> Load:
        """Return the project's function; what it raises becomes a DataError, which says which query it was."""
        read, convert = resolve(_TEXT_OID).loader(tx, TEXT), self._load

        def load(data: Any) -> Any:
            text = read(data)
            try:
                return convert(text)
            except Exception as error:
                raise psycopg.DataError(f"{_name(convert)} raised {type(error).__name__}") from error

        return load

    def dumper(self, tx: Transformer, format: Format) -> Dump:
        """Return the project's function, with its text encoded."""
        write, convert = resolve(_TEXT_OID).dumper(tx, TEXT), self._dump

        def dump(value: Any) -> Any:
            try:
                text = convert(value)
            except Exception as error:
                raise psycopg.DataError(f"{_name(convert)} raised {type(error).__name__}") from error
            if not isinstance(text, str) or "\0" in text:
                raise psycopg.DataError(f"{_name(convert)} returned {in_words(text)}, expected a str without NUL")
            return write(text)

        return dump

    def fits(self, value: Any) -> bool:
        """Tell whether an argument is of the class."""
        return isinstance(value, self._class)

    def reads(self, type_oid: int, format: Format) -> bool:
        """Tell whether a column can be of this type."""
        if self._oid:
            return reads(self._oid, type_oid) or {self._oid, type_oid} <= TEXTS
        return type_oid >= FIRST_USER_OID


def _name(function: Callable[..., Any]) -> str:
    return getattr(function, "__qualname__", repr(function))
