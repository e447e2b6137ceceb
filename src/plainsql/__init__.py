"""
Plain .sql files in, typed Python functions out.

Names are imported when they are first used: `import plainsql` alone loads nothing else.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from plainsql.__about__ import __version__

if TYPE_CHECKING:
    from plainsql.database import Database
    from plainsql.errors import (
        ConfigError,
        DecryptError,
        EmbeddedServerError,
        KeyMissingError,
        KeysFileError,
        NoDatabaseError,
        NoRowError,
        OutsideTransactionError,
        ParameterError,
        PlainSQLError,
        QueryFileError,
        SchemaFileError,
        StaleModuleError,
        TooManyRowsError,
        UnexpectedNullError,
        UnexpectedTypeError,
        UnknownQueryError,
    )
    from plainsql.execute import Conn, Statement
    from plainsql.health import Health
    from plainsql.loading import load
    from plainsql.pool import PoolConfig, PoolStats
    from plainsql.transaction import Transaction

__all__ = [
    "ConfigError",
    "Conn",
    "Database",
    "DecryptError",
    "EmbeddedServerError",
    "Health",
    "KeyMissingError",
    "KeysFileError",
    "NoDatabaseError",
    "NoRowError",
    "OutsideTransactionError",
    "ParameterError",
    "PlainSQLError",
    "PoolConfig",
    "PoolStats",
    "QueryFileError",
    "SchemaFileError",
    "StaleModuleError",
    "Statement",
    "TooManyRowsError",
    "Transaction",
    "UnexpectedNullError",
    "UnexpectedTypeError",
    "UnknownQueryError",
    "__version__",
    "load",
]

_HOMES = {
    "Conn": "plainsql.execute",
    "Database": "plainsql.database",
    "Health": "plainsql.health",
    "PoolConfig": "plainsql.pool",
    "PoolStats": "plainsql.pool",
    "Statement": "plainsql.execute",
    "Transaction": "plainsql.transaction",
    "load": "plainsql.loading",
}
"""Where a public name lives; the others are errors. `plainsql.aio` is a package like any other."""


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'plainsql' has no attribute {name!r}")
    value = getattr(import_module(_HOMES.get(name, "plainsql.errors")), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
