"""Reading what a statement returns by the module that would be generated for it: its annotations take what comes."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from types import ModuleType
from typing import Any, Literal

import psycopg

from plainsql.codegen.classes import classes_of, render_classes
from plainsql.codegen.render import Project, render_sync
from plainsql.describe.model import Description
from plainsql.execute import Statement, fetch_all
from plainsql.query.model import QueryFile
from tests.soundness.types import quote

UNREADABLE = re.compile(r"infinity|NaN|BC|24:00|\{\{|\]=\{|\[\[|\[\]", re.IGNORECASE)
"""What Python's types can't hold, as the manual of the types says: times without end, arrays of more dimensions."""

_PACKAGE = "soundness_of_one"


def failure(
    conn: psycopg.Connection[Any],
    sql: str,
    description: Description,
    arguments: Sequence[str | None],
    format: Literal["text", "best"],
) -> str | None:
    """Return why the module can't read what *sql* returns; errors of the server are none of its."""
    types = [parameter.type.name for parameter in description.parameters]
    values = [
        f"({'NULL' if value is None else quote(value)}::{type})" for value, type in zip(arguments, types, strict=True)
    ]
    inlined = re.sub(r"\$(\d+)", lambda match: values[int(match[1]) - 1], sql)
    with _module(description, format) as module:
        (statement,) = [value for value in vars(module).values() if isinstance(value, Statement)]
        alone = replace(statement, sql=inlined, params=(), dump_oids=(), bind_oids=(), full=())
        try:
            fetch_all(conn, alone, ())
        except psycopg.Error as error:
            return None if error.sqlstate is not None else f"{type(error).__name__}: {error}"
        except Exception as error:
            return f"{type(error).__name__}: {error}"
    return None


@contextmanager
def _module(description: Description, format: Literal["text", "best"]) -> Iterator[ModuleType]:
    query = description.query
    project = Project(_PACKAGE, "struct", format)
    file = QueryFile(query.file, "q", "", (query,), query.sql)
    texts = {
        "": "",
        ".types": render_classes(classes_of([description]), package=_PACKAGE, root=_PACKAGE, rows="struct"),
        ".q": render_sync(file, [description], project),
    }
    try:
        for name, text in texts.items():
            module = ModuleType(_PACKAGE + name)
            sys.modules[_PACKAGE + name] = module
            exec(compile(text, f"{_PACKAGE}{name}", "exec"), vars(module))  # noqa: S102  # what was just generated
        yield importlib.import_module(f"{_PACKAGE}.q")
    finally:
        for name in texts:
            sys.modules.pop(_PACKAGE + name, None)
