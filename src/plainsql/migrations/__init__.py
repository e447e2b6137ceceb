"""Migrations: plain .sql files with a rollback each, applied by yoyo."""

from plainsql.migrations.dump import schema_dump
from plainsql.migrations.run import apply, rollback_all

__all__ = ["apply", "rollback_all", "schema_dump"]
