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
        HookRecursionError,
        HookResultError,
        KeyMissingError,
        KeysFileError,
        NoDatabaseError,
        NoRowError,
        OutsideTransactionError,
        ParameterError,
        PartitionError,
        PasswordTooLongError,
        PlainSQLError,
        QueryFileError,
        SchemaFileError,
        StaleModuleError,
        StaleRowError,
        TenantMismatchError,
        TenantRequiredError,
        TooManyRowsError,
        UnexpectedNullError,
        UnexpectedTypeError,
        UnknownQueryError,
        UnsafeRoleError,
    )
    from plainsql.execute import Change, Conn, Statement
    from plainsql.health import Health
    from plainsql.loading import load
    from plainsql.pool import PoolConfig, PoolStats
    from plainsql.tenancy import Tenancy
    from plainsql.tenants import Tenant
    from plainsql.transaction import Transaction

__all__ = [
    "Change",
    "ConfigError",
    "Conn",
    "Database",
    "DecryptError",
    "EmbeddedServerError",
    "Health",
    "HookRecursionError",
    "HookResultError",
    "KeyMissingError",
    "KeysFileError",
    "NoDatabaseError",
    "NoRowError",
    "OutsideTransactionError",
    "ParameterError",
    "PartitionError",
    "PasswordTooLongError",
    "PlainSQLError",
    "PoolConfig",
    "PoolStats",
    "QueryFileError",
    "SchemaFileError",
    "StaleModuleError",
    "StaleRowError",
    "Statement",
    "Tenancy",
    "Tenant",
    "TenantMismatchError",
    "TenantRequiredError",
    "TooManyRowsError",
    "Transaction",
    "UnexpectedNullError",
    "UnexpectedTypeError",
    "UnknownQueryError",
    "UnsafeRoleError",
    "__version__",
    "load",
]

_HOMES = {
    "Change": "plainsql.execute",
    "Conn": "plainsql.execute",
    "Database": "plainsql.database",
    "Health": "plainsql.health",
    "PoolConfig": "plainsql.pool",
    "PoolStats": "plainsql.pool",
    "Statement": "plainsql.execute",
    "Tenancy": "plainsql.tenancy",
    "Tenant": "plainsql.tenants",
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
