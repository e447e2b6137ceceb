"""How the demo looks: tables of results, and a query beside the function that was generated from it."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.syntax import Syntax
from rich.table import Table

from plainsql.audit import AuditEntry

SIDE_BY_SIDE = 110
"""Columns from which two listings stand beside each other; below, one under the other."""


def table(title: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """Return *rows* as a table; numbers stand right, None is a dash."""
    body = [tuple(row) for row in rows]
    made = Table(title=title, title_justify="left", title_style="bold")
    for index, heading in enumerate(headings):
        number = any(isinstance(row[index], int | Decimal) for row in body)
        made.add_column(heading, justify="right" if number else "left")
    for row in body:
        made.add_row(*map(cell, row))
    return made


def change(entry: AuditEntry, name: str) -> str:
    """Return how an entry changed one column; of times only that they changed."""
    if name.endswith("_at"):
        return name
    return f"{name} {cell(entry.old.get(name))} → {cell(entry.new.get(name))}"


def cell(value: object) -> str:
    """Return *value* for a table."""
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return f"{value:,.2f}"
        case int():
            return f"{value:,}"
        case date():
            return f"{value:%Y-%m}"
        case _:
            return str(value)


def beside(console: Console, left: RenderableType, right: RenderableType) -> RenderableType:
    """Return two listings beside each other, or one under the other where the console is narrow."""
    if console.width < SIDE_BY_SIDE:
        return Group(left, right)
    grid = Table.grid(expand=True, padding=(0, 1))
    grid.add_column(ratio=1)
    grid.add_column(ratio=1)
    grid.add_row(left, right)
    return grid


def query_listing(file: Path, name: str, title: str) -> Panel:
    """Return one query of a .sql file, from its header to the next."""
    lines = file.read_text(encoding="utf-8").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(f"-- name: {name}("))
    following = (i for i, line in enumerate(lines) if i > start and line.startswith("-- name:"))
    text = "\n".join(lines[start : next(following, len(lines))]).strip()
    return Panel(Syntax(text, "sql", word_wrap=True, background_color="default"), title=f"{title}:{start + 1}")


def code_listing(objects: Sequence[object], title: str) -> Panel:
    """Return the source of classes and functions of a generated module."""
    text = "\n\n\n".join(inspect.getsource(thing).strip() for thing in objects)  # type: ignore[arg-type]  # any of them has source
    return Panel(Syntax(text, "python", word_wrap=True, background_color="default"), title=title)
