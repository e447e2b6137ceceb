"""Fixtures of every test; they stand in tests/fixtures."""

from tests.fixtures.databases import empty_database, server, shop_database, shop_template
from tests.fixtures.projects import own_cache, project
from tests.fixtures.shop import owner, shop

__all__ = ["empty_database", "own_cache", "owner", "project", "server", "shop", "shop_database", "shop_template"]
