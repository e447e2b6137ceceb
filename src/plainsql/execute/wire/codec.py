"""What turns values of one PostgreSQL type into Python and back, in both formats of the protocol."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

import psycopg
from psycopg.abc import Buffer, Transformer
from psycopg.pq import Format

from plainsql.execute.arguments import in_words
from plainsql.execute.columns import FIRST_USER_OID

TEXT: Final = Format.TEXT
BINARY: Final = Format.BINARY

USER_OID: Final = 16_384
"""
What binary arrays and records say of a type of the database.

The server compares the OID with its own only when both are built in (array_recv and record_recv since PostgreSQL 14),
so no connection has to look it up.
"""

Load: TypeAlias = Callable[[Any], Any]
Dump: TypeAlias = Callable[[Any], Buffer | None]


class Codec:
    """
    Reads and writes one type; two codecs made of the same parts are equal.

    Attributes:
        key: What it is made of.
        expected: What a parameter takes, in words.
        oid: Type that binary arrays and records give for it.
        is_list: Its Python value may be a list, so that a list inside a list is no second dimension of an array.
        reads_binary: It has a loader for the binary format.
        sends_binary: It has a dumper for the binary format.
        may_mismatch: Its loader raises MismatchError for values that aren't what they were said to be.
    """

    expected: str = "a value of its type"
    oid: int = USER_OID
    is_list: bool = False
    reads_binary: bool = True
    sends_binary: bool = True
    may_mismatch: bool = False

    def __init__(self, *key: object) -> None:
        self.key = key

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and isinstance(other, Codec) and other.key == self.key

    def __hash__(self) -> int:
        return hash((type(self), self.key))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.key))})"

    def loader(self, tx: Transformer, format: Format, type_oid: int = 0) -> Load:
        """
        Return the function that reads one value.

        Args:
            tx: Of the cursor.
            format: Of the data.
            type_oid: What binary data says of itself, where it does; another type than expected is a StaleModuleError.
        """
        raise NotImplementedError

    def dumper(self, tx: Transformer, format: Format) -> Dump:
        """Return the function that writes one value, which is not None and fits."""
        raise NotImplementedError

    def fits(self, value: Any) -> bool:
        """Tell whether an argument can be written; None is never asked about."""
        raise NotImplementedError

    def found(self, value: Any) -> str:
        """Say in words what was given instead, without the value."""
        return in_words(value)

    def reads(self, type_oid: int, format: Format) -> bool:
        """Tell whether data in *format* that the server says is of *type_oid* can be of this type."""
        return type_oid >= FIRST_USER_OID


class MismatchError(Exception):
    """A value isn't of the type that its query promises; whoever knows the row and column says where."""

    def __init__(self, says: str, reason: str, advice: str) -> None:
        super().__init__(f"isn't what {says}: {reason}{advice}")


UNREADABLE: Final = (psycopg.DataError, MismatchError)
"""What loaders raise for a value that Python can't hold, or that isn't what it was said to be."""


def passed(error: BaseException, step: str) -> None:
    """Note on the way out that the value of *error* is inside of another one: ``[2]``, ``.street``."""
    vars(error)["path"] = step + path_of(error)


def path_of(error: BaseException) -> str:
    """Return where inside of its column the value of *error* is, empty if it is all of it."""
    path: str = vars(error).get("path", "")
    return path


Kind: TypeAlias = int | Codec | type
"""A built-in type by its OID, a codec, or the class of a composite type."""


def may_mismatch(kind: Kind) -> bool:
    """Tell whether a value may turn out not to be what it was said to be."""
    return not isinstance(kind, int) and resolve(kind).may_mismatch


def resolve(kind: Kind) -> Codec:
    """Return the codec of *kind*."""
    if isinstance(kind, Codec):
        return kind
    if isinstance(kind, int):
        from plainsql.execute.wire.builtin import codec_of_oid  # built-in arrays and ranges are made of codecs

        return codec_of_oid(kind)
    codec: Codec = getattr(kind, "__wire__").codec(kind)  # noqa: B009 - no attribute of a class that mypy knows
    return codec
