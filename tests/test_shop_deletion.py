"""Deleted users: names that are free again, restoring, purging, and guards that hold when two act at once."""

from __future__ import annotations

import asyncio
import datetime as dt
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
import pytest_asyncio
from psycopg.conninfo import make_conninfo
from psycopg.errors import FeatureNotSupported, ForeignKeyViolation, UniqueViolation

import shop.aio.deletion as aio_deletion
from plainsql.aio import Database as AioDatabase
from plainsql.aio.tenants import Tenant as AioTenant
from plainsql.database import Database
from plainsql.pool import PoolConfig
from plainsql.tenants import Tenant
from shop import deletion
from shop.accounts import new_token, token_hash
from shop.errors import RestoreConflictError
from shop.queries import sessions, users
from shop.queries.aio import users as aio_users
from tests.fixtures.shop import MAIN, Shop
from tests.test_shop_users import CHEAP, People

POOL = PoolConfig(min_size=2, max_size=10)
DAY = dt.timedelta(days=1)
DELETE = "UPDATE users SET deleted_at = now() WHERE id = %s"
REGISTER = "INSERT INTO users (username, email, password_hash) VALUES ('eve', 'Ada@example.org', %s) RETURNING id"
OPEN = """
INSERT INTO sessions (user_id, token_hash, lifetime, expires_at)
VALUES (%s, %s, interval '1 day', now() + interval '1 day')
"""


@pytest.fixture
def people(shop: Shop) -> People:
    return People(shop)


@pytest.fixture
def db(people: People) -> Iterator[Tenant]:
    with Database.open(people.conninfo, pool=POOL) as opened, opened.tenant(MAIN) as db:
        yield db


@pytest_asyncio.fixture
async def adb(people: People) -> AsyncIterator[AioTenant]:
    async with AioDatabase.open(people.conninfo, pool=POOL) as opened, opened.tenant(MAIN) as db:
        yield db


def opened(conn: psycopg.Connection[Any], user_id: int) -> None:
    conn.execute(OPEN, (user_id, token_hash(new_token())))


def deletes(conn: psycopg.Connection[Any], user_id: int) -> None:
    conn.execute(DELETE, (user_id,))
    conn.commit()


def somebody_waits(people: People) -> None:
    """Return when a statement waits for a lock."""
    until = time.monotonic() + 20
    while not people.value("SELECT count(*) FROM pg_locks WHERE NOT granted"):
        assert time.monotonic() < until, "nobody waits"


# Names


def test_the_address_of_a_deleted_user_is_free_at_once(people: People, db: Tenant) -> None:
    def register() -> int:
        made = users.create_user(db, username="ada", email="Ada@example.org", password="correct horse", metadata={})
        return made.id

    first = register()
    with pytest.raises(UniqueViolation):
        register()
    users.soft_delete_users(db, user_ids=[first], reason="left")
    second = register()
    assert second != first
    found = users.find_by_email(db, email="ada@EXAMPLE.org")
    assert found is not None
    assert found.id == second
    assert users.get_user(db, user_id=first) is None


async def test_restoring_says_who_has_taken_what(people: People, db: Tenant, adb: AioTenant) -> None:
    gone = people.add(username="Ada", email="Ada@example.org")
    users.soft_delete_users(db, user_ids=[gone], reason="left")
    other = people.add(username="bob", email="ADA@example.org")
    with pytest.raises(RestoreConflictError, match=rf"user {gone} can't be restored: email is user {other}'s now"):
        deletion.restore_user(db, user_id=gone)
    third = people.add(username="ADA", email="third@example.org")
    for restore in (
        lambda: deletion.restore_user(db, user_id=gone),
        lambda: asyncio.run(restored(people, gone)),
    ):
        with ThreadPoolExecutor(1) as thread, pytest.raises(RestoreConflictError) as caught:
            thread.submit(restore).result()
        assert caught.value.user_id == gone
        assert caught.value.taken == {"email": other, "username": third}
        assert isinstance(caught.value.__cause__, UniqueViolation)
    await aio_users.soft_delete_users(adb, user_ids=[other, third], reason="spam")
    back = await aio_deletion.restore_user(adb, user_id=gone)
    assert back is not None
    assert back.email == "Ada@example.org"
    assert await aio_deletion.restore_user(adb, user_id=gone) is None
    assert deletion.restore_user(db, user_id=404) is None


async def restored(people: People, user_id: int) -> Any:
    async with AioDatabase.open(people.conninfo) as opened, opened.tenant(MAIN) as adb:
        return await aio_deletion.restore_user(adb, user_id=user_id)


def test_restoring_waits_for_who_registers_at_this_moment(people: People, db: Tenant) -> None:
    gone = people.add(email="ada@example.org", deleted_at="2024-01-01 00:00+00")
    for commits in (False, True):
        with psycopg.connect(people.conninfo) as other, ThreadPoolExecutor(1) as thread:
            query = (
                "INSERT INTO users (username, email, password_hash) VALUES ('eve', 'Ada@example.org', %s) RETURNING id"
            )
            row = other.execute(query, (CHEAP,)).fetchone()
            waiting = thread.submit(deletion.restore_user, db, user_id=gone)
            somebody_waits(people)
            if commits:
                other.commit()
                with pytest.raises(RestoreConflictError) as caught:
                    waiting.result()
                assert row is not None
                assert caught.value.taken == {"email": row[0]}
            else:
                other.rollback()
                assert waiting.result() is not None
                users.soft_delete_users(db, user_ids=[gone], reason=None)


def test_a_user_who_was_barred_is_so_after_he_came_back(people: People, db: Tenant) -> None:
    user_id = people.add(is_active=False)
    users.soft_delete_users(db, user_ids=[user_id], reason="left")
    deletion.restore_user(db, user_id=user_id)
    assert people.value("SELECT is_active FROM users WHERE id = $1", user_id) is False


def test_a_restored_user_logs_in_again(people: People, db: Tenant) -> None:
    user_id = people.add(sessions=2)
    users.soft_delete_users(db, user_ids=[user_id], reason="left")
    deletion.restore_user(db, user_id=user_id)
    assert people.live(user_id) == [0]
    people.session(user_id)
    assert people.live(user_id) == [1]


def test_active_users_are_those_of_the_tenant_who_are_neither_deleted_nor_barred(people: People, db: Tenant) -> None:
    live, other = people.add(), people.add()
    people.add(deleted_at="2024-01-01 00:00+00")
    people.add(is_active=False)
    assert [row.id for row in users.find_active_users(db, after_user_id=0, max_rows=10)] == [live, other]
    assert [row.id for row in users.find_active_users(db, after_user_id=live, max_rows=10)] == [other]
    people.conn.execute("SELECT set_config('app.tenant_id', gen_random_uuid()::text, false)")
    assert people.value("SELECT count(*) FROM active_users") == 0


# Guards


def test_a_session_is_not_opened_for_moved_to_or_revived_of_a_deleted_user(people: People) -> None:
    deleted, live = people.add(deleted_at="2024-01-01 00:00+00"), people.add(sessions=1)
    ended = people.value(
        "INSERT INTO sessions (user_id, token_hash, lifetime, expires_at, revoked_at)"
        " VALUES ($1, sha256('y'), interval '1 day', now(), now()) RETURNING id",
        deleted,
    )
    for statement, arguments, trigger in (
        (OPEN, (deleted, token_hash("x")), "sessions_opened_for_a_live_user"),
        ("UPDATE sessions SET user_id = %s WHERE user_id = %s", (deleted, live), "sessions_moved_to_a_live_user"),
        ("UPDATE sessions SET revoked_at = NULL WHERE id = %s", (ended,), "sessions_moved_to_a_live_user"),
    ):
        with pytest.raises(ForeignKeyViolation, match=f"user_id of sessions {deleted} is deleted") as caught:
            people.conn.execute(statement, arguments)  # type: ignore[call-overload]
        assert caught.value.diag.constraint_name == trigger
        assert caught.value.diag.column_name == "user_id"
    people.conn.execute("UPDATE sessions SET expires_at = now() WHERE user_id IN (%s, %s)", (live, deleted))


def test_a_user_is_not_deleted_while_his_sessions_live(people: People) -> None:
    """Who writes past the queries, and their hook, is stopped at COMMIT."""
    user_id, lone = people.add(sessions=1), people.add()
    with pytest.raises(ForeignKeyViolation, match=f"row {user_id} of users is deleted and still has") as caught:
        people.conn.execute(DELETE, (user_id,))
    assert caught.value.diag.constraint_name == "users_end_with_their_sessions"
    people.conn.execute(DELETE, (lone,))
    with people.conn.transaction():
        people.conn.execute(DELETE, (user_id,))
        people.conn.execute("UPDATE sessions SET revoked_at = now() WHERE user_id = %s", (user_id,))
    with people.conn.transaction():  # deleted and brought back in one
        again = people.add(sessions=1)
        people.conn.execute(DELETE, (again,))
        people.conn.execute("UPDATE users SET deleted_at = NULL WHERE id = %s", (again,))
    assert people.live(user_id, again) == [0, 1]


@pytest.mark.parametrize("commits", [True, False])
def test_who_opens_a_session_waits_for_who_deletes_the_user(people: People, commits: bool) -> None:
    user_id = people.add()
    with psycopg.connect(people.conninfo) as deleter, psycopg.connect(people.conninfo) as opener:
        deleter.execute(DELETE, (user_id,))
        with ThreadPoolExecutor(1) as thread:
            waiting = thread.submit(opened, opener, user_id)
            somebody_waits(people)
            if commits:
                deleter.commit()
                with pytest.raises(ForeignKeyViolation, match="is deleted"):
                    waiting.result()
            else:
                deleter.rollback()
                waiting.result()
                opener.commit()
    assert people.live(user_id) == [not commits]


def test_who_deletes_a_user_waits_for_who_opens_a_session_and_ends_it(people: People, db: Tenant) -> None:
    user_id = people.add()
    with psycopg.connect(people.conninfo) as opener, ThreadPoolExecutor(1) as thread:
        opened(opener, user_id)
        waiting = thread.submit(users.soft_delete_users, db, user_ids=[user_id], reason="left")
        somebody_waits(people)
        opener.commit()
        assert len(waiting.result()) == 1
    assert people.live(user_id) == [0]


def test_who_deletes_a_user_and_no_sessions_is_refused_for_one_that_was_just_opened(people: People) -> None:
    user_id = people.add()
    with psycopg.connect(people.conninfo) as deleter, psycopg.connect(people.conninfo) as opener:
        opened(opener, user_id)
        with ThreadPoolExecutor(1) as thread:
            waiting = thread.submit(deleter.execute, DELETE, (user_id,))
            somebody_waits(people)
            opener.commit()
            waiting.result()
        with pytest.raises(ForeignKeyViolation, match="still has live rows in sessions"):
            deleter.commit()
    assert people.live(user_id) == [1]


@pytest.mark.parametrize("first", ["child", "deletion"])
def test_the_guard_needs_no_foreign_key_beside_it(people: People, owner: psycopg.Connection[Any], first: str) -> None:
    """A foreign key locks the parent as well; here the guard is alone with its lock."""
    owner.execute(
        """
        CREATE TABLE notes (tenant_id uuid DEFAULT app.tenant_id(), user_id bigint);
        CREATE TRIGGER notes_of_live_users AFTER INSERT ON notes
        FOR EACH ROW EXECUTE FUNCTION app.refuse_deleted_parent('users', 'user_id');
        CREATE CONSTRAINT TRIGGER users_end_with_their_notes AFTER UPDATE ON users DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW WHEN (old.deleted_at IS NULL AND new.deleted_at IS NOT NULL)
        EXECUTE FUNCTION app.refuse_live_children('notes', 'user_id');
        GRANT SELECT, INSERT ON notes TO app_user;
        """
    )
    user_id = people.add()
    add = "INSERT INTO notes (user_id) VALUES (%s)"
    with psycopg.connect(people.conninfo) as deleter, psycopg.connect(people.conninfo) as adder:
        one, other = ((adder, add), (deleter, DELETE)) if first == "child" else ((deleter, DELETE), (adder, add))
        one[0].execute(one[1], (user_id,))
        with ThreadPoolExecutor(1) as thread:
            waiting = thread.submit(executed, *other, user_id)
            somebody_waits(people)
            one[0].commit()
            with pytest.raises(ForeignKeyViolation, match="is deleted"):
                waiting.result()
    people.conn.execute("INSERT INTO notes (user_id) VALUES (NULL), (404)")


def executed(conn: psycopg.Connection[Any], statement: str, user_id: int) -> None:
    conn.execute(statement, (user_id,))  # type: ignore[call-overload]  # text is the test's own
    conn.commit()


def test_opening_a_session_does_not_wait_for_other_writes_of_the_user(people: People) -> None:
    """Its lock is the foreign key's own, so that logins and profiles don't stand in each other's way."""
    user_id = people.add()
    with psycopg.connect(people.conninfo) as other:
        other.execute("UPDATE users SET login_count = login_count + 1 WHERE id = %s", (user_id,))
        people.conn.execute("SET lock_timeout = '5s'")
        people.session(user_id)


def test_deleting_under_repeatable_read_is_refused(people: People) -> None:
    """Its snapshot would not show a session that was opened since."""
    user_id = people.add()
    with psycopg.connect(people.conninfo) as conn:
        conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        with pytest.raises(FeatureNotSupported, match="not deleted under REPEATABLE READ"):
            conn.execute(DELETE, (user_id,))


def test_serializable_transactions_that_delete_and_open_do_not_both_commit(people: People) -> None:
    user_id = people.add()
    with psycopg.connect(people.conninfo) as deleter, psycopg.connect(people.conninfo) as opener:
        for conn in (deleter, opener):
            conn.isolation_level = psycopg.IsolationLevel.SERIALIZABLE
            conn.execute("SELECT 1")  # takes the snapshot
        opened(opener, user_id)
        opener.commit()
        with pytest.raises((ForeignKeyViolation, psycopg.errors.SerializationFailure)):
            deletes(deleter, user_id)
    assert people.live(user_id) == [1]


def test_no_live_session_of_a_deleted_user_is_left_by_a_storm_of_both(people: People, db: Tenant) -> None:
    ids = [people.add() for _ in range(3)]

    def work(number: int) -> int:
        refused = 0
        for turn in range(15):
            user_id = ids[(number + turn) % len(ids)]
            if number % 4 == 0:
                users.soft_delete_users(db, user_ids=ids if turn % 2 else [user_id], reason=None)
                deletion.restore_user(db, user_id=user_id)
                continue
            try:
                lifetime, token = dt.timedelta(days=1), token_hash(new_token())
                sessions.open_session(db, user_id=user_id, token_hash=token, lifetime=lifetime, ip=None)
            except ForeignKeyViolation:
                refused += 1
        return refused

    with ThreadPoolExecutor(8) as threads:
        refused = sum(threads.map(work, range(8)))
    users.soft_delete_users(db, user_ids=ids[:1], reason=None)
    assert people.value(
        "SELECT count(*) FROM sessions AS s JOIN users AS u ON u.id = s.user_id"
        " WHERE u.deleted_at IS NOT NULL AND s.revoked_at IS NULL"
    ) == 0  # fmt: skip
    assert refused > 0


# Purging


def deleted(people: People, count: int, *, ago: dt.timedelta = 40 * DAY) -> list[int]:
    """Add users who had a session and were deleted that long ago."""
    ids = [people.add(sessions=1) for _ in range(count)]
    with people.conn.transaction():
        people.conn.execute("UPDATE sessions SET revoked_at = now() WHERE user_id = ANY(%s)", (ids,))
        people.conn.execute("UPDATE users SET deleted_at = now() - %s WHERE id = ANY(%s)", (ago, ids))
    return ids


def left(people: People) -> list[int]:
    return [row[0] for row in people.conn.execute("SELECT id FROM users ORDER BY id").fetchall()]


async def test_a_purge_removes_in_batches_what_is_past_its_retention(
    people: People, db: Tenant, adb: AioTenant
) -> None:
    deleted(people, 5)
    kept = [*deleted(people, 2, ago=29 * DAY), people.add(sessions=1)]
    seen: list[tuple[int, int]] = []
    assert deletion.purge_users(db, batch=2, progress=lambda *done: seen.append(done)) == 5
    assert seen == [(2, 5), (4, 5), (5, 5)]
    assert left(people) == kept
    assert people.value("SELECT count(*) FROM sessions") == 3
    assert deletion.purge_users(db, batch=2) == 0
    assert await aio_deletion.purge_users(adb, older_than=28 * DAY, progress=lambda *done: seen.append(done)) == 2
    assert seen[3:] == [(2, 2)]
    assert left(people) == kept[2:]


@pytest.mark.parametrize(("older_than", "batch"), [(dt.timedelta(0), 1), (-DAY, 1), (DAY, 0)])
async def test_a_purge_of_everything_or_of_nothing_is_refused(
    people: People, db: Tenant, adb: AioTenant, older_than: dt.timedelta, batch: int
) -> None:
    deleted(people, 1)
    with pytest.raises(ValueError, match="found"):
        deletion.purge_users(db, older_than=older_than, batch=batch)
    with pytest.raises(ValueError, match="found"):
        await aio_deletion.purge_users(adb, older_than=older_than, batch=batch)
    assert len(left(people)) == 1


def test_a_batch_is_never_larger_than_it_was_asked_to_be(people: People) -> None:
    """A sub-select with LIMIT, joined by a nested loop, is run for every row."""
    deleted(people, 9)
    people.conn.execute("SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_material = off")
    assert users.purge_deleted(people.conn, older_than=DAY, max_rows=2) == 2
    assert len(left(people)) == 7


def test_two_purges_at_once_share_the_work(people: People, db: Tenant) -> None:
    deleted(people, 40)
    with ThreadPoolExecutor(4) as threads:
        futures = [threads.submit(deletion.purge_users, db, batch=3) for _ in range(4)]
        assert sum(future.result() for future in futures) == 40
    assert left(people) == []


def test_a_purge_passes_by_who_is_being_restored(people: People, db: Tenant) -> None:
    first, second = deleted(people, 2)
    with psycopg.connect(people.conninfo) as other:
        other.execute("UPDATE users SET deleted_at = NULL WHERE id = %s", (first,))
        assert deletion.purge_users(db) == 1
        other.commit()
    assert deletion.purge_users(db) == 0
    assert left(people) == [first]
    assert second not in left(people)


PURGE = """
import sys
from uuid import UUID
from plainsql.database import Database
from shop import deletion
with Database.open(sys.argv[1]) as opened, opened.tenant(UUID(sys.argv[2])) as db:
    deletion.purge_users(db, batch=5, progress=lambda removed, expected: print(removed, expected, flush=True))
"""


def test_a_purge_that_was_killed_goes_on_when_it_is_started_again(people: People, db: Tenant) -> None:
    deleted(people, 200)
    kept = people.add(sessions=1)
    conninfo = make_conninfo(people.conninfo, application_name="purge")
    command = [sys.executable, "-c", PURGE, conninfo, str(MAIN)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(3)]
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert lines[2] == "15 200\n"
    while people.value("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'purge'"):
        pass  # its batch ends with it
    remaining = len(left(people)) - 1
    assert 0 < remaining <= 185
    assert deletion.purge_users(db, batch=50) == remaining
    assert left(people) == [kept]


# Plans


def test_lookups_of_live_users_keep_their_partial_indexes(people: People, shop: Shop) -> None:
    people.conn.execute(
        "INSERT INTO users (username, email, password_hash, deleted_at)"
        " SELECT 'name' || n, 'n' || n || '@example.org', %s, CASE WHEN n %% 10 > 0 THEN now() - n * interval '1 s' END"
        " FROM generate_series(1, 20000) AS n",
        (CHEAP,),
    )
    with psycopg.connect(shop.owner_conninfo, autocommit=True) as owner:
        owner.execute("ANALYZE users")
    key = people.value("SELECT min(id) FROM users WHERE deleted_at IS NOT NULL")
    for statement in (users.FIND_BY_EMAIL, users.LOGIN_CREDENTIALS):
        assert "users_lower_email_key" in shop.explain(statement.sql, "n10@example.org")
    conflicts = shop.explain(users.RESTORE_CONFLICTS.sql, key)
    assert "users_lower_email_key" in conflicts
    assert "users_lower_username_key" in conflicts
    assert "Seq Scan" not in conflicts
    purge = shop.explain(users.PURGE_DELETED.sql, dt.timedelta(hours=5), 10)
    assert "users_deleted_at_idx" in purge
    assert "Seq Scan" not in purge
