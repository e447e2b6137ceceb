"""Names in generated modules."""

from __future__ import annotations


def camel_case(name: str) -> str:
    """Return ``get_order`` as ``GetOrder``."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_") if part)


def row_class(query: str) -> str:
    """Return the class of a query's rows: ``GetOrderRow``."""
    return f"{camel_case(query)}Row"


def params_class(query: str) -> str:
    """Return the class of one set of arguments of a ``*!`` query: ``AddItemParams``."""
    return f"{camel_case(query)}Params"


def constant(query: str) -> str:
    """Return the name of a query's statement: ``GET_ORDER``."""
    return query.upper()
