"""``keys rotate`` and ``keys status``: run on every row of the project's database, then say what was found."""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import psycopg

from plainsql.cli.output import counted, progress
from plainsql.config import Config, load_config
from plainsql.crypto.ring import Normalise, keys, normalised
from plainsql.custom_types import find_reference
from plainsql.errors import ConfigError
from plainsql.query.source import closest
from plainsql.rotation import KeyCount, Rotation, count_by_key, rotate
from plainsql.target import describe_conninfo, resolve_target
from plainsql.tenants import ALL_TENANTS_URL

REMAINS = (
    "{column}: {values} still without the current key {key!r}: a process writes with the old one, or a transaction "
    "keeps rows locked; let every process read the new keys file, then run plainsql keys rotate again, and keep the "
    "old key until nothing remains"
)


def run_rotate(
    names: Sequence[str], *, batch: int, pause: float, normalise: str | None, dsn: str | None, as_json: bool
) -> bool:
    """Rotate the columns one after the other; return False when a value remains."""
    config = load_config()
    columns = chosen(config, names)
    function = normalised if normalise is None else imported(config, normalise)
    key_id = keys.provider.current()
    done: list[tuple[str, Rotation]] = []
    with _database(config, dsn) as conn:
        for column in columns:
            with progress(column) as show, _explained(column):
                try:
                    found = rotate(conn, column, batch=batch, pause=pause, progress=show, normalise=function)
                except KeyboardInterrupt:
                    print(
                        f"{column}: interrupted; whole batches are done: run the same command to go on", file=sys.stderr
                    )
                    raise
            done.append((column, found))
    if as_json:
        print(json.dumps([{"column": column, "key": key_id, **asdict(found)} for column, found in done], indent=2))
    else:
        rows = [(column, str(r.rotated), str(r.changed), str(r.remaining)) for column, r in done]
        _print_table([("column", "rotated", "changed", "remaining"), *rows])
    for column, found in done:
        if found.remaining:
            text = REMAINS.format(column=column, values=counted(found.remaining, "value"), key=key_id)
            print(f"plainsql: {text}", file=sys.stderr)
    return not any(found.remaining for _, found in done)


def run_status(names: Sequence[str], *, dsn: str | None, as_json: bool) -> bool:
    """Count values by key; return False when the keys file hasn't the key of one."""
    config = load_config()
    columns = chosen(config, names)
    current, *others = keys.provider.live()
    notes = {current: "current", **dict.fromkeys(others, "to be rotated")}
    found: list[KeyCount] = []
    with _database(config, dsn) as conn:
        for column in columns:
            with _explained(column):
                found += count_by_key(conn, column)
    told = [(line, _note(line, notes)) for line in found]
    if as_json:
        print(json.dumps([{**asdict(line), "note": note} for line, note in told], indent=2))
    else:
        rows = [(line.column, line.key_id or "-", str(line.count), note) for line, note in told]
        _print_table([("column", "key", "values", "note"), *rows])
    return all(line.key_id in notes for line in found)


def chosen(config: Config, names: Sequence[str]) -> list[str]:
    """Return the columns to work on: *names*, or all that the project encrypts."""
    declared = [setting.key for setting in config.columns if setting.is_secret]
    file = config.root / "pyproject.toml"
    if not declared:
        raise ConfigError(
            f"{file}: no column is encrypted; write "
            '"users.ssn" = "plainsql.crypto.EncryptedStr" under [tool.plainsql.types.columns]'
        )
    for name in names:
        if name not in declared:
            close = closest(name, declared)
            advice = f"did you mean {close}?" if close else f"there are {', '.join(declared)}"
            raise ConfigError(f"{file}: {name!r} is no encrypted column of [tool.plainsql.types.columns]: {advice}")
    return list(dict.fromkeys(names)) or declared


def imported(config: Config, dotted: str) -> Normalise:
    """Return the project's function for blind indexes."""
    found = find_reference(dotted, "--normalise", config.import_folders)
    sys.path[:0] = [str(folder) for folder in config.import_folders]
    function: Any = importlib.import_module(found.module) if found.module else None
    for part in found.name.split("."):
        function = getattr(function, part, None)
    if not callable(function):
        raise ConfigError(f"--normalise names {dotted!r}, which is no function of a module")
    return function  # type: ignore[no-any-return]  # what it gives back is checked value by value


def _note(line: KeyCount, notes: dict[str, str]) -> str:
    if line.key_id is None:
        return "not encrypted by plainsql"
    return notes.get(line.key_id, "no such key in the keys file")


@contextmanager
def _database(config: Config, dsn: str | None) -> Iterator[psycopg.Connection[Any]]:
    """Connect as the role that sees every row."""
    named = dsn or os.environ.get(ALL_TENANTS_URL, "").strip()
    with resolve_target(named or None, start=config.root) as target:
        shown = describe_conninfo(named, ALL_TENANTS_URL) if named and not dsn else target.description
        print(f"database: {shown}", file=sys.stderr)
        with psycopg.connect(target.conninfo, autocommit=True) as conn:
            yield conn


@contextmanager
def _explained(column: str) -> Iterator[None]:
    """Say in one sentence what the role, or the installation, lacks."""
    try:
        yield
    except psycopg.errors.InsufficientPrivilege as error:
        said = error.diag.message_primary or "permission denied"
        raise ConfigError(
            f"{column}: {said}; connect as a role that may read and update the table and that row-level security hides "
            f"nothing from, a superuser or one with BYPASSRLS: --dsn or {ALL_TENANTS_URL}"
        ) from None
    except ImportError as error:
        raise ConfigError(str(error)) from None


def _print_table(rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
