"""Classes for what a column of one query holds: JSON objects, rows, members of composite types that are never NULL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from plainsql.codegen import literal
from plainsql.codegen.aliases import needed_aliases
from plainsql.codegen.classes import members
from plainsql.codegen.imports import Imports, needed, unshadowed
from plainsql.typemap import NestedClass, NestedField
from plainsql.typemap.builtin import RECORD

_WIDTH: Final = 100


def render_nested(
    nested: NestedClass, *, query: str, rows: str, types: str, imports: Imports, aliases: dict[str, str]
) -> str:
    """
    Return the class.

    Args:
        nested: What it is.
        query: Name of its query.
        rows: ``struct`` or ``dataclass``.
        types: The module of the composite types.
        imports: Takes the imports that it needs.
        aliases: Takes the aliases that it needs.
    """
    base = nested.base
    composites = nested.composites if base is None else (*base.classes, base)
    given = [*nested.imports, *(f"from {types} import {composite.name}" for composite in composites)]
    if base is not None:
        imports.add(f"from {types} import {base.name}")
    taken = [name for name, _ in base.fields] if base is not None else [field.name for field in nested.fields]
    lines = _header(nested, rows, imports)
    lines += literal.docstring(_doc(nested, query, rows), "    ")
    lines += [""] if nested.fields else []
    for field in nested.fields:
        for name, value in needed_aliases(field.annotation, nested.aliases):
            aliases[name] = value
            imports.add(*needed(value, given))
        spelling, lines_needed = unshadowed(field.annotation, taken, needed(field.annotation, given))
        imports.add(*lines_needed)
        lines.append(f"    {field.name}: {spelling}{_choice(field)}")
    if base is None and nested.is_row:
        lines += ["", members("record", nested.wires, RECORD, taken, given, imports)]
    return "\n".join(lines)


def _doc(nested: NestedClass, query: str, rows: str) -> list[str]:
    base = nested.base
    lines = [f"`{nested.path}` of {query}{f': {base.name}, whose members here are never NULL' if base else ''}."]
    if any(field.may_lack for field in nested.fields):
        lines += ["", "A member that is null may be left out of the JSON; it is None here."]
    if rows == "dataclass" and _renamed(nested):
        lines += ["", "A struct, because msgspec reads keys that are no names of fields into nothing else."]
    return lines


def _renamed(nested: NestedClass) -> dict[str, str]:
    return {field.name: field.key for field in nested.fields if field.key != field.name}


def _choice(field: NestedField) -> str:
    nullable = " | None" if field.nullable and field.annotation != "Any" else ""
    return f"{nullable} = None" if field.may_lack else nullable


def _header(nested: NestedClass, rows: str, imports: Imports) -> list[str]:
    renamed = _renamed(nested)
    # A default may stand before a field that has none only where all are named.
    named = ["kw_only=True"] if any(field.may_lack for field in nested.fields) else []
    base = nested.base.name if nested.base is not None else None
    if rows == "dataclass" and not renamed:  # msgspec renames the fields of its own classes alone
        imports.add("from dataclasses import dataclass")
        options = ["frozen=True", "slots=True", *named]
        return [f"@dataclass({', '.join(options)})", f"class {nested.name}{f'({base})' if base else ''}:"]
    if base is None:
        imports.add("from msgspec import Struct")
    options = ["frozen=True", "gc=False", *named, *_renaming(renamed)]
    return _wrapped(f"class {nested.name}", [base or "Struct", *options])


def _renaming(renamed: dict[str, str]) -> list[str]:
    pairs = [f"{literal.string(name)}: {literal.string(key)}" for name, key in renamed.items()]
    line = f"rename={{{', '.join(pairs)}}}"
    if len(line) > _WIDTH - 5:
        line = "\n".join(["rename={", *(f"        {pair}," for pair in pairs), "    }"])
    return [line] if pairs else []


def _wrapped(start: str, arguments: Sequence[str]) -> list[str]:
    line = f"{start}({', '.join(arguments)}):"
    if len(line) <= _WIDTH:
        return [line]
    return [f"{start}(", *(f"    {argument}," for argument in arguments), "):"]
