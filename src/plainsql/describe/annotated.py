"""What ``@type`` says of a column or parameter: can it be, and where is it?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
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

_PLAIN: Final[dict[str, tuple[Any, Any]]] = {
    "bool": (bool, True),
    "bytes": (bytes, b"\0"),
    "float": (float, 0.5),
    "int": (int, 0),
    "object": (object, None),
    "str": (str, "?"),
}
"""Built-in types with a value of each."""

_VALUES: Final[dict[str, Any]] = {
    **{name: value for name, (_, value) in _PLAIN.items() if name != "object"},
    "Decimal": Decimal("0.5"),
    "UUID": UUID(int=0),
    "dt.date": dt.date(2000, 1, 1),
    "dt.datetime": dt.datetime(2000, 1, 1, tzinfo=dt.UTC),
    "dt.time": dt.time(1),
    "dt.timedelta": dt.timedelta(1),
}
"""A value of each type that columns are read as; no text that reads as something else."""

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
    if annotation.takes_none and type.oid not in JSON:
        without = " | ".join(part for part in str(annotation).split(" | ") if part != "None")
        hint = f"write @type {target} {without}, and @null {target} if it isn't told already"
        raise ImpossibleTypeError("@type is of what isn't NULL", hint)
    plain = str(annotation).split(" | ")
    if type.oid in JSON or not all(name in _PLAIN for name in plain):
        return
    if target.startswith(":"):
        wire = python.dump_oid
        if not isinstance(wire, int) or any(_takes(wire, name) for name in plain):
            return
    elif python.result not in _VALUES or any(_becomes(_VALUES[python.result], name) for name in plain):
        return
    side = "takes no" if target.startswith(":") else "is never read as"
    raise ImpossibleTypeError(f"{type.name} {side} {annotation}", f"it is {python.result} without @type")


def is_same(annotation: Annotation, present: str) -> bool:
    """Tell whether *annotation* is what *present* says already."""
    return annotation.spelled(lambda name: _SHORT.get(name.text, name.text)) == present


def modules_of(annotations: Iterable[Annotation | None]) -> set[str]:
    """Return the modules that *annotations* name."""
    return {name.module for annotation in annotations if annotation for name in annotation.names}


def _becomes(value: Any, name: str) -> bool:
    python, _ = _PLAIN[name]
    try:
        msgspec.convert(value, python)
    except msgspec.ValidationError:
        return False
    return True


def _takes(wire: int, name: str) -> bool:
    python, value = _PLAIN[name]
    return python is object or Typed(wire, lambda: python).fits(value)
