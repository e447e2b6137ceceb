"""Servers that come with the project: nothing to install, no port, no password, gone when the last user has gone."""

import sys

from plainsql.errors import EmbeddedServerError

if sys.platform == "win32":
    raise EmbeddedServerError("the embedded servers need Linux or macOS: use WSL, or set DATABASE_URL")

from plainsql.embedded.postgres import EmbeddedPostgres
from plainsql.embedded.redis import EmbeddedRedis

__all__ = ["EmbeddedPostgres", "EmbeddedRedis"]
