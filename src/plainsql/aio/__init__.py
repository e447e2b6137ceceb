"""The async twins: the same names as in plainsql, with `await`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plainsql.aio.database import Database
from plainsql.aio.tenants import Tenant
from plainsql.aio.transaction import Transaction
from plainsql.health import Health
from plainsql.pool import PoolConfig, PoolStats

if TYPE_CHECKING:
    from plainsql.aio.loading import load

__all__ = ["Database", "Health", "PoolConfig", "PoolStats", "Tenant", "Transaction", "load"]


def __getattr__(name: str) -> object:
    # Loading needs aiosql and the parser, which an application with generated modules doesn't have.
    if name == "load":
        from plainsql.aio.loading import load

        return load
    raise AttributeError(f"module 'plainsql.aio' has no attribute {name!r}")
