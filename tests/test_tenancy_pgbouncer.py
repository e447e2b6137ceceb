"""Tenants behind PgBouncer in transaction mode: a setting and its statement reach the server together."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

import plainsql.aio
from plainsql import Database, PoolConfig, execute
from plainsql.aio import execute as aio
from tests.fixtures.pgbouncer import PGBOUNCER, transaction_pooler
from tests.fixtures.roles import Roles
from tests.fixtures.tenants import ADD_FOR, ADD_NOTE, COUNT_NOTES, LIST_NOTES, SEEN, A, B, two_tenants
from tests.runtime import statement

__all__ = ["two_tenants"]

pytestmark = pytest.mark.skipif(PGBOUNCER is None, reason="there is no pgbouncer on PATH")

UNPREPARED = PoolConfig(min_size=8, max_size=8, prepare_threshold=None)
PID = statement("SELECT pg_backend_pid()")


@pytest.fixture
def pooled(two_tenants: Roles) -> Iterator[str]:
    """The runtime role through a pooler with two server connections."""
    with transaction_pooler(two_tenants.owner, "app_user", "app_all_tenants") as conninfo:
        yield make_conninfo(conninfo, user="app_user")


async def test_200_tasks_on_8_clients_and_2_server_connections_never_cross(pooled: str) -> None:
    backends = set()
    async with plainsql.aio.Database.open(pooled, pool=UNPREPARED) as db:

        async def work(number: int) -> None:
            tenant, other = ((A, B), (B, A))[number % 2]
            async with db.tenant(tenant) as t:
                for turn in range(3):
                    assert {note.tenant_id for note in await aio.fetch_all(t, LIST_NOTES)} == {tenant}
                    with pytest.raises(psycopg.errors.InsufficientPrivilege):
                        await aio.execute(t, ADD_FOR, (other, number))
                    async with t.transaction() as tx:
                        backends.add(await aio.fetch_value(tx, PID))
                        assert {note.tenant_id for note in await aio.fetch_all(tx, LIST_NOTES)} == {tenant}
                        assert await aio.fetch_value(tx, SEEN) == str(tenant)
                    rows = [{"id": number * 100 + turn * 10 + i, "body": "x"} for i in range(3)]
                    assert await aio.execute_many(t, ADD_NOTE, rows) == 3
            assert await aio.fetch_value(db, SEEN) in (None, "")

        await asyncio.gather(*(work(number) for number in range(1, 201)))
    assert len(backends) == 2


def test_without_a_tenant_there_are_no_rows_on_any_connection(pooled: str) -> None:
    with Database.open(pooled, pool=UNPREPARED) as db:
        with db.tenant(A) as t:
            for _ in range(20):
                assert execute.fetch_value(t, COUNT_NOTES) == 3
        with db.connection() as conn:
            for _ in range(20):
                assert conn.execute("SELECT count(*) FROM notes").fetchone() == (0,)


def test_all_tenants_goes_through_it_too(pooled: str) -> None:
    everybody = make_conninfo(pooled, user="app_all_tenants")
    with (
        Database.open(pooled, pool=UNPREPARED, all_tenants=everybody) as db,
        db.all_tenants(reason="count") as a,
        db.all_tenants(reason="count beside it") as b,
    ):
        for _ in range(10):
            assert execute.fetch_value(a, COUNT_NOTES) == execute.fetch_value(b, COUNT_NOTES) == 5
