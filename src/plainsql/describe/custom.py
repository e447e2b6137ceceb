"""The types of one database that a project's settings speak of."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import psycopg

from plainsql.custom_types import CustomType, TypeSetting, found_type
from plainsql.errors import ConfigError
from plainsql.queries.catalog import find_type, list_type_names


def custom_types(
    conn: psycopg.Connection[Any], settings: Iterable[TypeSetting], folders: Sequence[Path]
) -> dict[int, CustomType]:
    """
    Return what *settings* make of types, by the types' OIDs.

    Args:
        conn: To the database; its search path decides what a bare name means.
        settings: Of `[tool.plainsql.types]`.
        folders: Where the project's own packages may lie.

    Raises:
        ConfigError: The database has no such type, two settings mean the same, or a Python name leads nowhere.
    """
    found: dict[int, CustomType] = {}
    for setting in settings:
        oid = _oid(conn, setting)
        if oid in found:
            raise ConfigError(f"{setting.origin} is the same type as {found[oid].name!r}")
        found[oid] = found_type(setting, folders)
    return found


def _oid(conn: psycopg.Connection[Any], setting: TypeSetting) -> int:
    try:
        oid = find_type(conn, name=setting.name)
    except psycopg.DatabaseError as error:
        if conn.closed:
            raise
        raise ConfigError(f"{setting.origin} is no name of a type: {error.diag.message_primary}") from None
    if oid is None:
        close = difflib.get_close_matches(setting.name, [row.name or "" for row in list_type_names(conn)], 1)
        advice = f"did you mean {close[0]!r}?" if close else "write its schema before it if it lies in another"
        raise ConfigError(f"{setting.origin}: the database has no such type; {advice}")
    return oid
