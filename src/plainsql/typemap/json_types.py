"""
What PostgreSQL's types are inside of JSON (utils/adt/json.c, json_categorize_type), and how msgspec reads that.

Numbers are numbers, booleans are booleans, dates and timestamps are ISO 8601; everything else is the text that the
type has in psql. What Python's type can't hold is an error when it is read: ``infinity`` and BC of dates, NaN and
Infinity of floats, which JSON has as strings, an array of more than one dimension.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from plainsql.typemap.builtin import AS_TEXT, TYPED
from plainsql.typemap.model import PgType
from plainsql.typemap.python import python_type

ANY: Final = "Any"
JSON: Final = (114, 3802)

_AS_THEY_ARE: Final = frozenset({16, 20, 21, 23, 700, 701, 1082, 1083, 1114, 1184, 1700, 2950})
_VECTORS: Final = frozenset({22, 30})
"""int2vector and oidvector are arrays of a kind of their own."""

_UNKNOWN: Final = 705
"""unknown: a literal that nobody gave a type, text in the end."""

Scalar: TypeAlias = tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]]
"""Annotation, import lines, aliases."""

_ANYTHING: Final[Scalar] = (ANY, ("from typing import Any",), ())
_TEXT: Final[Scalar] = ("str", (), ())
_HSTORE: Final[Scalar] = ("dict[str, str | None]", (), ())


def json_scalar(type: PgType | None) -> Scalar:
    """Return what a value of a type that is no array and no row is in JSON; ``Any`` where it may be anything."""
    if type is None or type.custom is not None or type.oid in JSON or type.oid in _VECTORS:
        return _ANYTHING
    if type.oid in _AS_THEY_ARE:
        return (TYPED[type.oid].result, TYPED[type.oid].imports, ())
    if type.oid in TYPED or type.oid in AS_TEXT or type.oid == _UNKNOWN:
        return _TEXT
    if type.casts_to_json:
        return _HSTORE if type.typname == "hstore" else _ANYTHING
    match type.kind:
        case "enum" if type.labels:
            found = python_type(type)
            return (found.result, found.imports, found.aliases)
        case "enum" | "base" | "range" | "multirange":
            return _TEXT
        case _:
            return _ANYTHING
