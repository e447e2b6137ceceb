"""The fields of a generated class, by position."""

from __future__ import annotations

from typing import Any


def fields_of(row: Any) -> tuple[str, ...] | None:
    """Return the names of the fields of a msgspec struct, a dataclass or a row of records, None for anything else."""
    names: Any = getattr(row, "__struct_fields__", None) or getattr(row, "__match_args__", None)
    names = names or getattr(row, "column_names", None)
    return names or None
