"""The async twins: the same names as in plainsql, with `await`."""

from plainsql.aio.database import Database
from plainsql.aio.transaction import Transaction
from plainsql.health import Health
from plainsql.pool import PoolConfig, PoolStats

__all__ = ["Database", "Health", "PoolConfig", "PoolStats", "Transaction"]
