"""Fixtures of every test; they stand in tests/fixtures."""

from tests.fixtures.databases import empty_database, server, shop_database, shop_template
from tests.fixtures.hooks import app, hooked_generated, hooked_project
from tests.fixtures.projects import own_cache, project
from tests.fixtures.shop import owner, shop

__all__ = [
    "app",
    "empty_database",
    "hooked_generated",
    "hooked_project",
    "own_cache",
    "owner",
    "project",
    "server",
    "shop",
    "shop_database",
    "shop_template",
]
