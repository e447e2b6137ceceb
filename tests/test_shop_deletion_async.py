"""Deleted users under asyncio: names that are free again, and a purge that is killed."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys

import pytest
from psycopg.conninfo import make_conninfo
from psycopg.errors import UniqueViolation

import shop.aio.deletion as aio_deletion
from plainsql.aio import Database as AioDatabase
from plainsql.aio.tenants import Tenant as AioTenant
from shop.queries.aio import users as aio_users
from tests.fixtures.shop import MAIN
from tests.test_shop_deletion import adb, deleted, left, people
from tests.test_shop_users import People

__all__ = ["adb", "people"]

PURGE = """
import asyncio, sys
from uuid import UUID
from plainsql.aio import Database
from shop.aio import deletion

async def main():
    async with Database.open(sys.argv[1]) as opened, opened.tenant(UUID(sys.argv[2])) as db:
        await deletion.purge_users(
            db, batch=5, progress=lambda removed, expected: print(removed, expected, flush=True)
        )

asyncio.run(main())
"""


async def test_the_address_of_a_deleted_user_is_free_at_once_async(people: People, adb: AioTenant) -> None:
    async def register() -> int:
        made = await aio_users.create_user(
            adb, username="ada", email="Ada@example.org", password="correct horse", metadata={}
        )
        return made.id

    first = await register()
    with pytest.raises(UniqueViolation):
        await register()
    await aio_users.soft_delete_users(adb, user_ids=[first], reason="left")
    second = await register()
    assert second != first
    found = await aio_users.find_by_email(adb, email="ada@EXAMPLE.org")
    assert found is not None
    assert found.id == second
    assert await aio_users.get_user(adb, user_id=first) is None


async def purged(people: People) -> int:
    async with AioDatabase.open(people.conninfo) as opened, opened.tenant(MAIN) as db:
        return await aio_deletion.purge_users(db, batch=50)


def test_a_purge_that_was_killed_goes_on_when_it_is_started_again_async(people: People) -> None:
    deleted(people, 200)
    kept = people.add(sessions=1)
    conninfo = make_conninfo(people.conninfo, application_name="purge")
    process = subprocess.Popen([sys.executable, "-c", PURGE, conninfo, str(MAIN)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(3)]
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert lines[2] == "15 200\n"
    while people.value("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'purge'"):
        pass  # its batch ends with it
    remaining = len(left(people)) - 1
    assert 0 < remaining <= 185
    assert asyncio.run(purged(people)) == remaining
    assert left(people) == [kept]
