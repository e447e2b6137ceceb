"""Servers that come with the project: nothing to install, no port, no password, gone when the last user has gone."""

from plainsql.embedded.postgres import EmbeddedPostgres
from plainsql.embedded.redis import EmbeddedRedis

__all__ = ["EmbeddedPostgres", "EmbeddedRedis"]
