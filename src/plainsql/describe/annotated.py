"""What ``@type`` says of a column or parameter: can it be, and where is it?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec

from plainsql.custom_types import find_reference
from plainsql.execute.wire import Typed
from plainsql.query.annotations import Annotation
from plainsql.typemap import PgType, PyType

JSON: Final = (114, 3802)

_BUILT_IN: Final[dict[str, tuple[Any, Any]]] = {
    "bool": (bool, True),
    "bytes": (bytes, b"\0"),
    "dict": (dict, {}),
    "float": (float, 0.5),
    "frozenset": (frozenset, frozenset()),
    "int": (int, 0),
    "list": (list, []),
    "set": (set, set()),
    "str": (str, "?"),
    "tuple": (tuple, ()),
}
"""Built-in types with a value of each; a text that reads as nothing else."""

_VALUES: Final[dict[str, Any]] = {
    **{name: value for name, (_, value) in _BUILT_IN.items()},
    "Decimal": Decimal("0.5"),
    "UUID": UUID(int=0),
    "dt.date": dt.date(2000, 1, 1),
    "dt.datetime": dt.datetime(2000, 1, 1, tzinfo=dt.UTC),
    "dt.time": dt.time(1),
    "dt.timedelta": dt.timedelta(1),
}
"""A value of each type that columns are read as."""

_SHORT: Final = {
    "datetime.date": "dt.date",
    "datetime.datetime": "dt.datetime",
    "datetime.time": "dt.time",
    "datetime.timedelta": "dt.timedelta",
    "decimal.Decimal": "Decimal",
    "typing.Any": "Any",
    "uuid.UUID": "UUID",
}
"""Names as generated modules write them."""


class ImpossibleTypeError(ValueError):
    """A type that a value can't have; *hint* says what to write."""

    def __init__(self, message: str, hint: str | None) -> None:
        super().__init__(message)
        self.hint = hint


def located(annotation: Annotation, origin: str, folders: Sequence[Path] | None) -> Annotation:
    """
    Return *annotation* with the module of each of its names.

    Args:
        annotation: As read.
        origin: Who names it, for messages.
        folders: Where the project's own packages may lie; None: nobody looks, the module is all but the last word.

    Raises:
        ConfigError: A name can't be imported from anywhere.
    """
    if folders is None:
        return annotation.located(lambda name: name.rpartition(".")[0])
    return annotation.located(lambda name: find_reference(name, origin, folders).module)


def check_annotation(annotation: Annotation, type: PgType, python: PyType, target: str) -> None:
    """
    Check that a value can be of a type.

    Args:
        annotation: The type.
        type: Of the column or parameter, domains left out.
        python: What it is read and written as otherwise.
        target: Its name as the directive writes it.

    Raises:
        ImpossibleTypeError: It never can.
    """
    if type.oid in JSON:
        return
    if annotation.takes_none:
        hint = f"take None out, and write @null {target} if it isn't told already"
        raise ImpossibleTypeError("@type is of what isn't NULL", hint)
    if not all(head in _BUILT_IN for head in annotation.heads):
        return  # a class that only its module knows
    if target.startswith(":"):
        wire = python.dump_oid
        is_possible = not isinstance(wire, int) or any(_takes(wire, head) for head in annotation.heads)
        message = f"{type.name} takes no {annotation}"
    else:
        value = type.labels[0] if type.labels else _VALUES.get(python.result.split("[")[0])
        is_possible = value is None or any(_becomes(value, head) for head in annotation.heads)
        message = f"{type.name} is never read as {annotation}"
    if not is_possible:
        raise ImpossibleTypeError(message, f"without @type it is {python.result}")


def is_same(annotation: Annotation, present: str) -> bool:
    """Tell whether *annotation* is what *present* says already."""
    return annotation.spelled(lambda name: _SHORT.get(name.text, name.text)) == present


def _becomes(value: Any, name: str) -> bool:
    python, _ = _BUILT_IN[name]
    try:
        msgspec.convert(value, python)
    except msgspec.ValidationError:
        return False
    return True


def _takes(wire: int, name: str) -> bool:
    python, value = _BUILT_IN[name]
    return Typed(wire, lambda: python).fits(value)
