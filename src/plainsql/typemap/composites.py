"""Composite types, rows of tables among them, as classes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from plainsql.typemap.builtin import FIRST_USER_OID
from plainsql.typemap.model import CompositeClass, PgType, PyType
from plainsql.typemap.names import alias_name, field_names
from plainsql.typemap.wire import Name, Wire


def composite(type: PgType, members: Sequence[tuple[str, PyType, Wire]]) -> PyType:
    """
    Return the class of a composite type.

    Args:
        type: The composite type.
        members: Name and Python type of each, and what reads and writes it inside of another type.
    """
    name = alias_name(type.name, "Row")
    found = [python for _, python, _ in members]
    classes = tuple(dict.fromkeys(nested for python in found for nested in python.classes))
    names = field_names([member for member, _, _ in members], defined(found))
    fields = zip(names, (python.result for python in found), strict=True)
    own = CompositeClass(
        name=name,
        pg_name=type.name,
        fields=tuple(fields),
        wires=tuple(wire for *_, wire in members),
        imports=tuple(dict.fromkeys(line for python in found for line in python.imports)),
        aliases=tuple(dict.fromkeys(alias for python in found for alias in python.aliases)),
        oid=type.oid if type.oid < FIRST_USER_OID else 0,
        classes=classes,
    )
    return PyType(
        parameter=name,
        result=name,
        imports=(),
        aliases=(),
        dump_oid=Name(name),
        bind_oid=own.oid,
        load_oid=Name(name),
        known=all(python.known for python in found),
        binary=all(python.binary for python in found),
        better_in_binary=True,
        classes=(*classes, own),
    )


def defined(parts: Iterable[PyType]) -> set[str]:
    """Return the names that a module defines for *parts*: a field that is called so would hide them in its class."""
    found: set[str] = set()
    for python in parts:
        found |= {alias for alias, _ in python.aliases}
        found |= {composite.name for composite in python.classes} | {nested.name for nested in python.nested}
    return found
