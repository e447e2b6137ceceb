"""Which names a query and its parameters may have: they become Python names in a module that uses others."""

from __future__ import annotations

import keyword
import re
from typing import Final

_SNAKE: Final = re.compile(r"[a-z][a-z0-9_]*\Z")
_IDENTIFIER: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")

RUNTIME_NAMES: Final = frozenset(
    {"execute", "execute_many", "fetch_all", "fetch_one", "fetch_optional", "fetch_value", "hooked", "replaced_by"}
) | {"run_script", "run_slow"}
"""Functions that a generated function calls."""

MODULE_NAMES: Final = RUNTIME_NAMES | frozenset(
    {
        "annotations",
        "dataclass",
        "dt",
        "datetime",
        "decimal",
        "field",
        "ipaddress",
        "msgspec",
        "psycopg",
        "typing",
        "uuid",
        "wire",
    }
)
"""Names that a generated module may import; those in capitals are no query names anyway."""

ANNOTATION_NAMES: Final = frozenset({"bool", "bytearray", "bytes", "complex", "dict", "float", "frozenset", "int"}) | {
    *("list", "memoryview", "object", "range", "set", "str", "tuple", "type")
}
"""Built-in names that annotations in a generated module may use."""

AIOSQL_NAMES: Final = frozenset(
    {"add_child_queries", "add_queries", "add_query", "available_queries", "driver_adapter", "is_aio"}
) | {"load_from_list", "load_from_tree"}
"""Attributes of aiosql's Queries, which a query of that name would hide."""

_BETTER: Final = {"from": "since", "in": "any_of", "is": "equals", "class": "category"}


def query_name_fault(name: str) -> tuple[str, str] | None:
    """Return why a query can't be called *name* and a name to use instead, or None."""
    if not _SNAKE.match(name):
        return f"query name '{name}' is not in snake_case", _snake(name)
    if keyword.iskeyword(name):
        return f"query name '{name}' is a Python keyword", f"{name}_rows"
    if name in ANNOTATION_NAMES:
        return f"query name '{name}' hides Python's own {name}", f"{name}_rows"
    if name in MODULE_NAMES:
        return f"query name '{name}' is used by every generated module", f"{name}_rows"
    if name in AIOSQL_NAMES:
        return f"query name '{name}' is an attribute of aiosql's Queries", f"{name}_rows"
    return None


def parameter_name_fault(name: str, query: str) -> tuple[str, str] | None:
    """Return why a parameter of *query* can't be called *name* and a name to use instead, or None."""
    if not _IDENTIFIER.match(name):
        why = (
            "starts with an underscore" if name.startswith("_") else "starts with a digit" if name[0].isdigit() else ""
        )
        return f"parameter name '{name}' {why or 'is not made of plain letters, digits and underscores'}", _snake(name)
    if keyword.iskeyword(name):
        return f"parameter name '{name}' is a Python keyword", _BETTER.get(name, f"{name}_")
    if name in ("conn", "self") or name in RUNTIME_NAMES or name == query.upper():
        return f"parameter name '{name}' is used inside the generated function", f"{name.lower()}_value"
    return None


def _snake(name: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    plain = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")
    return plain if plain and not plain[0].isdigit() else f"q_{plain}".rstrip("_")
