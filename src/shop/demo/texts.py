"""The demo's SQL, which stands in files as all SQL does."""

from __future__ import annotations

from importlib import resources


def copy_text(table: str) -> bytes:
    """Return the COPY statement of *table*."""
    return (resources.files("shop.demo") / "copy" / f"{table}.sql").read_bytes()


def sql_text(name: str) -> bytes:
    """Return a statement of the demo's own."""
    return (resources.files("shop.demo") / "sql" / f"{name}.sql").read_bytes()
