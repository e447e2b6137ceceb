"""The shop's users and sessions: what the database refuses, what hooks do, logging in; sync and async side by side."""

# A transaction that raises is a block by nature.
# ruff: noqa: SIM117

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import threading
import time
from collections.abc import AsyncIterator, Iterator
from itertools import count
from typing import Any

import bcrypt
import psycopg
import pytest
import pytest_asyncio

import shop.aio.accounts as aio_accounts
import shop.aio.hooks
import shop.hooks
from plainsql import PasswordTooLongError, TenantRequiredError, passwords
from plainsql.aio import Database as AioDatabase
from plainsql.aio.tenants import Tenant as AioTenant
from plainsql.database import Database
from plainsql.pool import PoolConfig
from plainsql.tenants import Tenant
from shop import accounts
from shop.errors import InvalidCredentialsError, InvalidEmailError
from shop.queries import sessions, users
from shop.queries.aio import sessions as aio_sessions
from shop.queries.aio import users as aio_users
from tests.fixtures.shop import MAIN, Shop

CHEAP = bcrypt.hashpw(b"secret", bcrypt.gensalt(4)).decode()
STRONG = bcrypt.hashpw(b"secret", bcrypt.gensalt(12)).decode()
LONG_AGO = "2000-01-01 00:00+00"
LIVE = "SELECT count(*) FROM sessions WHERE user_id = $1 AND revoked_at IS NULL"


class People:
    """Adds users and sessions without hooks, and looks at the database past the code under test."""

    def __init__(self, shop: Shop) -> None:
        self.conn = shop.conn
        self.conninfo = shop.conninfo
        self._numbers = count(1)

    def add(self, *, password_hash: str = CHEAP, sessions: int = 0, **columns: Any) -> int:
        number = next(self._numbers)
        row = {
            "username": f"user{number}",
            "email": f"u{number}@example.org",
            "password_hash": password_hash,
            **columns,
        }
        names = ", ".join(row)
        places = ", ".join(f"${n}" for n in range(1, len(row) + 1))
        key = int(self.value(f"INSERT INTO users ({names}) VALUES ({places}) RETURNING id", *row.values()))
        for _ in range(sessions):
            self.session(key)
        return key

    def session(self, user_id: int, token: str | None = None, *, lifetime: str = "1 day", passed: str = "0") -> str:
        token = token or accounts.new_token()
        self.value(
            "INSERT INTO sessions (user_id, token_hash, lifetime, expires_at)"
            " VALUES ($1, $2, $3::interval, now() + $3::interval - $4::interval) RETURNING id",
            *(user_id, accounts.token_hash(token), lifetime, passed),
        )
        return token

    def value(self, query: str, *arguments: object) -> Any:
        cursor = psycopg.RawCursor(self.conn)
        row = cursor.execute(query, arguments).fetchone()  # type: ignore[call-overload]  # text is the test's own
        return None if row is None else row[0]

    def live(self, *user_ids: int) -> list[int]:
        """Return how many live sessions each user has."""
        return [self.value(LIVE, key) for key in user_ids]

    def seen(self) -> list[int]:
        return [row[0] for row in self.conn.execute("SELECT user_id FROM access_log ORDER BY id").fetchall()]


@pytest.fixture
def people(shop: Shop) -> People:
    return People(shop)


@pytest.fixture
def db(people: People) -> Iterator[Tenant]:
    with Database.open(people.conninfo) as db, db.tenant(MAIN) as tenant:
        yield tenant


@pytest_asyncio.fixture
async def adb(people: People) -> AsyncIterator[AioTenant]:
    async with AioDatabase.open(people.conninfo) as db, db.tenant(MAIN) as tenant:
        yield tenant


# What the database refuses


@pytest.mark.parametrize(
    "stored",
    [
        "secret",
        "",
        "$2b$12$short",
        STRONG[:-1],
        f"{STRONG}x",
        f" {STRONG}",
        f"{STRONG}\n",
        "$2b$03$" + STRONG[7:],
        "$2x" + STRONG[3:],
    ],
)
def test_a_raw_insert_or_update_of_anything_but_a_bcrypt_hash_is_23514(people: People, stored: str) -> None:
    insert = "INSERT INTO users (username, email, password_hash) VALUES ('a', 'a@example.org', $1)"
    with pytest.raises(psycopg.errors.CheckViolation) as caught:
        people.value(insert, stored)
    assert (caught.value.sqlstate, caught.value.diag.constraint_name) == ("23514", "users_password_hash_is_of_bcrypt")
    key = people.add()
    with pytest.raises(psycopg.errors.CheckViolation):
        people.value("UPDATE users SET password_hash = $1 WHERE id = $2", stored, key)


@pytest.mark.parametrize("version", ["$2a", "$2b", "$2y"])
def test_hashes_of_every_bcrypt_that_verifies_are_stored(people: People, version: str) -> None:
    people.add(password_hash=version + STRONG[3:])


def test_names_and_addresses_are_unique_among_live_users_only(people: People) -> None:
    first = people.add(username="Ada", email="Ada@example.org")
    for columns in ({"username": "ADA"}, {"email": "ADA@EXAMPLE.ORG"}):
        with pytest.raises(psycopg.errors.UniqueViolation):
            people.add(**columns)
    assert users.soft_delete_users(people.conn, user_ids=[first], reason="left")
    second = people.add(username="ada", email="ada@example.org")
    with pytest.raises(psycopg.errors.UniqueViolation) as caught:
        users.restore_user(people.conn, user_id=first)
    assert caught.value.diag.constraint_name in ("users_lower_email_key", "users_lower_username_key")
    assert users.soft_delete_users(people.conn, user_ids=[second], reason=None)
    back = users.restore_user(people.conn, user_id=first)
    assert back is not None
    assert back.email == "Ada@example.org"
    assert users.restore_user(people.conn, user_id=first) is None


def test_finding_by_address_uses_the_partial_unique_index(shop: Shop, owner: psycopg.Connection[Any]) -> None:
    owner.execute(
        "INSERT INTO users (username, email, password_hash)"
        " SELECT 'user' || n, n || '@example.org', %s FROM generate_series(1, 3000) AS n",
        (CHEAP,),
    )
    owner.execute("ANALYZE users")
    for statement in (users.FIND_BY_EMAIL, users.LOGIN_CREDENTIALS):
        assert "users_lower_email_key" in shop.explain(statement.sql, "A@example.org")


PATHS = {
    "UPDATE": "UPDATE users SET login_count = 1 WHERE id = $1",
    "UPDATE that sets it back": "UPDATE users SET updated_at = '1999-01-01' WHERE id = $1",
    "UPDATE of nothing": "UPDATE users SET id = DEFAULT FROM (SELECT 1) AS one WHERE false AND id = $1",
    "UPDATE FROM": "UPDATE users SET login_count = 1 FROM (SELECT 1) AS one WHERE id = $1",
    "in WITH": "WITH changed AS (UPDATE users SET login_count = 1 WHERE id = $1 RETURNING id) SELECT id FROM changed",
    "ON CONFLICT": (
        "INSERT INTO users (id, username, email, password_hash) OVERRIDING SYSTEM VALUE"
        " SELECT id, 'x', 'x@y', password_hash FROM users WHERE id = $1"
        " ON CONFLICT (id) DO UPDATE SET login_count = 1"
    ),
    "MERGE": (
        "MERGE INTO users AS u USING (SELECT $1::bigint AS id) AS s ON u.id = s.id"
        " WHEN MATCHED THEN UPDATE SET login_count = 1"
    ),
    "a view": "UPDATE named SET username = 'x' WHERE id = $1",
    "a function": "SELECT touch($1)",
}


@pytest.mark.parametrize("path", PATHS)
def test_updated_at_moves_on_any_path_of_an_update(people: People, owner: psycopg.Connection[Any], path: str) -> None:
    key = people.add(updated_at=LONG_AGO)
    owner.execute("CREATE VIEW named WITH (security_invoker) AS SELECT id, username FROM users")
    owner.execute("GRANT SELECT, UPDATE ON named TO app_user")
    change = "UPDATE users SET login_count = 1 WHERE id = key"
    owner.execute(f"CREATE FUNCTION touch(key bigint) RETURNS void LANGUAGE sql AS '{change}'")
    psycopg.RawCursor(people.conn).execute(PATHS[path], (key,))  # type: ignore[call-overload]
    moved = people.value("SELECT updated_at > now() - interval '1 minute' FROM users WHERE id = $1", key)
    assert moved == (path != "UPDATE of nothing")


def test_updated_at_moves_through_every_query_that_updates_users(people: People) -> None:
    conn = people.conn

    def moved(call: Any, **columns: Any) -> bool:
        key = people.add(updated_at=LONG_AGO, **columns)
        assert call(key), "no row was updated"
        return bool(people.value("SELECT updated_at > now() - interval '1 minute' FROM users WHERE id = $1", key))

    assert moved(lambda key: users.record_login(conn, user_id=key, verified_hash=CHEAP))
    assert moved(lambda key: users.update_profile(conn, user_id=key, version=1, username="else", metadata={}))
    assert moved(lambda key: users.change_password(conn, user_id=key, password="other"))
    assert moved(lambda key: users.rehash_password(conn, user_id=key, verified_hash=CHEAP, password="secret"))
    assert moved(lambda key: users.soft_delete_users(conn, user_ids=[key], reason="left"))
    assert moved(lambda key: users.restore_user(conn, user_id=key), deleted_at=LONG_AGO)


def test_every_table_with_updated_at_has_the_trigger_that_moves_it(people: People) -> None:
    without = people.conn.execute(
        """
        SELECT c.relname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'updated_at'
        WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND NOT EXISTS (
            SELECT FROM pg_trigger AS t WHERE t.tgrelid = c.oid AND t.tgfoid = 'set_updated_at()'::regprocedure
            AND t.tgenabled = 'O' AND t.tgtype = 19)
        """
    ).fetchall()
    assert without == []


# Hooks before the statement


def test_a_user_is_stored_with_a_hash_and_a_bare_address(people: People, db: Tenant) -> None:
    made = users.create_user(
        db, username="ada", email=" Ada@example.org ", password="secret", metadata={"theme": "dark"}
    )
    assert made.email == "Ada@example.org"
    stored = people.value("SELECT password_hash FROM users WHERE id = $1", made.id)
    assert passwords.verify_password("secret", stored)
    assert not passwords.needs_rehash(stored)


@pytest.mark.parametrize("password", ["x" * 73, "é" * 37])
def test_a_password_of_more_than_72_bytes_is_refused_before_any_sql(people: People, password: str) -> None:
    closed = psycopg.connect(people.conninfo)
    closed.close()
    for call in (
        lambda: users.create_user(closed, username="a", email="a@example.org", password=password, metadata={}),
        lambda: users.change_password(closed, user_id=1, password=password),
        lambda: users.rehash_password(closed, user_id=1, verified_hash=CHEAP, password=password),
    ):
        with pytest.raises(PasswordTooLongError):
            call()
    with pytest.raises(psycopg.OperationalError):  # what sending anything comes to
        users.change_password(closed, user_id=1, password=password[:10])


@pytest.mark.parametrize("password", ["x" * 73, "é" * 37])
async def test_a_password_of_more_than_72_bytes_is_refused_before_any_sql_async(people: People, password: str) -> None:
    closed = await psycopg.AsyncConnection.connect(people.conninfo)
    await closed.close()
    with pytest.raises(PasswordTooLongError):
        await aio_users.create_user(closed, username="a", email="a@example.org", password=password, metadata={})
    with pytest.raises(PasswordTooLongError):
        await aio_users.change_password(closed, user_id=1, password=password)
    with pytest.raises(psycopg.OperationalError):
        await aio_users.change_password(closed, user_id=1, password=password[:10])


@pytest.mark.parametrize(
    "email", ["", " ", "ada", "@example.org", "ada@", "ada@example", "a b@example.org", "a@b@c.de", "x" * 95 + "@ab.de"]
)
def test_what_is_no_address_is_refused(db: Tenant, email: str) -> None:
    with pytest.raises(InvalidEmailError):
        users.create_user(db, username="a", email=email, password="secret", metadata={})


# Hooks after the statement


def test_deleting_three_of_five_users_ends_exactly_their_sessions(people: People, db: Tenant) -> None:
    ids = [people.add(sessions=2) for _ in range(5)]
    assert [
        change.new.id for change in users.soft_delete_users(db, user_ids=ids[:3], reason="left") if change.new
    ] == ids[:3]
    assert people.live(*ids) == [0, 0, 0, 2, 2]
    assert [
        change.new.id for change in users.soft_delete_users(db, user_ids=ids[2:4], reason="left") if change.new
    ] == ids[3:4]
    assert people.live(*ids) == [0, 0, 0, 0, 2]


async def test_deleting_three_of_five_users_ends_exactly_their_sessions_async(people: People, adb: AioTenant) -> None:
    ids = [people.add(sessions=2) for _ in range(5)]
    assert [
        change.new.id
        for change in await aio_users.soft_delete_users(adb, user_ids=ids[:3], reason="left")
        if change.new
    ] == ids[:3]
    assert people.live(*ids) == [0, 0, 0, 2, 2]


def test_a_hook_that_raises_leaves_users_in_place(people: People, db: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [people.add(sessions=1) for _ in range(3)]

    def fail(tx: Any, rows: Any) -> None:
        sessions.revoke_for_users(tx, user_ids=[row.new.id for row in rows])
        raise ZeroDivisionError

    monkeypatch.setattr(shop.hooks, "drop_sessions", fail)
    with pytest.raises(ZeroDivisionError):
        users.soft_delete_users(db, user_ids=ids, reason="left")
    with db.transaction() as tx:
        with pytest.raises(ZeroDivisionError):
            users.soft_delete_users(tx, user_ids=ids, reason="left")
    assert people.live(*ids) == [1, 1, 1]
    assert people.value("SELECT count(*) FROM users WHERE deleted_at IS NULL") == 3


async def test_a_hook_that_raises_leaves_users_in_place_async(
    people: People, adb: AioTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [people.add(sessions=1) for _ in range(3)]

    async def fail(tx: Any, rows: Any) -> None:
        await aio_sessions.revoke_for_users(tx, user_ids=[row.new.id for row in rows])
        raise ZeroDivisionError

    monkeypatch.setattr(shop.aio.hooks, "drop_sessions", fail)
    async with adb.transaction() as tx:
        with pytest.raises(ZeroDivisionError):
            await aio_users.soft_delete_users(tx, user_ids=ids, reason="left")
    assert people.live(*ids) == [1, 1, 1]
    assert people.value("SELECT count(*) FROM users WHERE deleted_at IS NULL") == 3


def test_reading_users_is_logged_and_addresses_are_masked_in_one_batch(people: People, db: Tenant) -> None:
    ids = [people.add(email=f"person{n}@example.org") for n in range(3)]
    with db.transaction() as tx:
        tx.connection.execute("SELECT set_config('app.actor_id', 'desk', true)")
        rows = users.users_for_support(tx, user_ids=[*ids, 0])
    assert [(row.id, row.email) for row in rows] == [(key, "p***@example.org") for key in ids]
    assert people.seen() == ids
    assert people.value("SELECT string_agg(DISTINCT actor_id, ',') FROM access_log") == "desk"
    found = users.get_user(db, user_id=ids[0])
    assert found is not None
    assert found.email == "person0@example.org"
    assert users.find_by_email(db, email="PERSON1@example.org") is not None
    assert users.get_user(db, user_id=0) is None
    assert people.seen() == [*ids, ids[0], ids[1]]
    assert people.value("SELECT actor_id FROM access_log ORDER BY id DESC LIMIT 1") is None


async def test_reading_users_is_logged_and_addresses_are_masked_in_one_batch_async(
    people: People, adb: AioTenant
) -> None:
    ids = [people.add(email=f"person{n}@example.org") for n in range(3)]
    rows = await aio_users.users_for_support(adb, user_ids=ids)
    assert [(row.id, row.email) for row in rows] == [(key, "p***@example.org") for key in ids]
    assert await aio_users.get_user(adb, user_id=ids[0]) is not None
    assert people.seen() == [*ids, ids[0]]


# Sessions


def test_a_session_that_is_used_lives_on_without_a_write_for_every_click(people: People) -> None:
    key = people.add()
    fresh = people.session(key, lifetime="10 hours", passed="59 minutes")
    older = people.session(key, lifetime="10 hours", passed="61 minutes")
    over = people.session(key, lifetime="10 hours", passed="10 hours")
    for token, writes in ((fresh, False), (older, True)):
        hashed = accounts.token_hash(token)
        before = people.value("SELECT xmin::text FROM sessions WHERE token_hash = $1", hashed)
        touched = sessions.touch_session(people.conn, token_hash=hashed)
        assert touched is not None
        assert touched.expires_at == people.value("SELECT expires_at FROM sessions WHERE token_hash = $1", hashed)
        assert (people.value("SELECT xmin::text FROM sessions WHERE token_hash = $1", hashed) != before) == writes
        left = people.value("SELECT expires_at - now() FROM sessions WHERE token_hash = $1", hashed)
        assert (left > dt.timedelta(hours=9, minutes=59)) == writes
    assert sessions.touch_session(people.conn, token_hash=accounts.token_hash(over)) is None
    assert sessions.session_by_token(people.conn, token_hash=accounts.token_hash(over)) is None


def test_sessions_that_ran_out_are_removed_in_batches_beside_locked_ones(people: People) -> None:
    key = people.add()
    for hours in (3, 2, 1):
        people.session(key, passed=f"{24 + hours} hours")
    alive = people.session(key)
    with psycopg.connect(people.conninfo) as other:
        other.execute("SELECT FROM sessions ORDER BY expires_at LIMIT 1 FOR UPDATE")
        assert sessions.expire_sessions(people.conn, max_rows=10) == 2
    assert sessions.expire_sessions(people.conn, max_rows=10) == 1
    assert sessions.expire_sessions(people.conn, max_rows=10) == 0
    assert sessions.session_by_token(people.conn, token_hash=accounts.token_hash(alive)) is not None


def test_deleted_users_are_purged_in_batches_with_their_sessions(people: People) -> None:
    old = [people.add(deleted_at=LONG_AGO) for _ in range(3)]
    people.conn.execute(
        "INSERT INTO sessions (user_id, token_hash, lifetime, expires_at, revoked_at)"
        " SELECT id, sha256(id::text::bytea), interval '1 day', now(), now() FROM users"
    )
    recent, live = people.add(deleted_at=dt.datetime.now(dt.UTC)), people.add(sessions=1)
    day = dt.timedelta(days=1)
    assert [users.purge_deleted(people.conn, older_than=day, max_rows=2) for _ in range(3)] == [2, 1, 0]
    assert people.live(*old, live) == [0, 0, 0, 1]
    assert people.value("SELECT count(*) FROM users WHERE id = ANY($1)", [recent, live]) == 2


# Logging in


def test_logging_in_opens_a_session_and_tells_of_the_login_before(people: People, db: Tenant) -> None:
    key = people.add(email="ada@example.org", password_hash=STRONG)
    first = accounts.log_in(db, email="ADA@example.org", password="secret", ip=ipaddress.ip_address("192.0.2.7"))
    assert (first.user_id, first.previous_login_at) == (key, None)
    assert first.token not in repr(first)
    second = accounts.log_in(db, email="ada@example.org", password="secret")
    assert second.previous_login_at is not None
    assert people.value("SELECT login_count FROM users WHERE id = $1", key) == 2
    assert people.value("SELECT password_hash FROM users WHERE id = $1", key) == STRONG
    session = accounts.find_session(db, token=first.token)
    assert session is not None
    assert (session.id, session.email) == (first.session_id, "ada@example.org")
    assert accounts.log_out(db, token=first.token)
    assert not accounts.log_out(db, token=first.token)
    assert accounts.find_session(db, token=first.token) is None
    assert accounts.find_session(db, token=second.token) is not None


async def test_logging_in_opens_a_session_and_tells_of_the_login_before_async(people: People, adb: AioTenant) -> None:
    key = people.add(email="ada@example.org", password_hash=STRONG)
    first = await aio_accounts.log_in(adb, email="ADA@example.org", password="secret")
    assert (first.user_id, first.previous_login_at) == (key, None)
    session = await aio_accounts.find_session(adb, token=first.token)
    assert session is not None
    assert session.id == first.session_id
    assert await aio_accounts.log_out(adb, token=first.token)
    assert await aio_accounts.find_session(adb, token=first.token) is None


@pytest.mark.parametrize(
    ("email", "password", "columns"),
    [
        ("ada@example.org", "Secret", {}),
        ("ada@example.org", "", {}),
        ("ada@example.org", "secret" * 100, {}),
        ("eve@example.org", "secret", {}),
        ("ada@example.org", "secret", {"is_active": False}),
        ("ada@example.org", "secret", {"deleted_at": LONG_AGO}),
    ],
)
async def test_a_login_that_fails_says_no_more_than_that(
    people: People, db: Tenant, adb: AioTenant, email: str, password: str, columns: dict[str, Any]
) -> None:
    people.add(email="ada@example.org", password_hash=STRONG, **columns)
    with pytest.raises(InvalidCredentialsError) as sync:
        accounts.log_in(db, email=email, password=password)
    with pytest.raises(InvalidCredentialsError) as aio:
        await aio_accounts.log_in(adb, email=email, password=password)
    assert str(sync.value) == str(aio.value) == "wrong e-mail address or password"
    assert people.value("SELECT count(*) FROM sessions") == 0


async def test_a_weak_hash_is_replaced_at_login_and_sessions_stay(people: People, db: Tenant, adb: AioTenant) -> None:
    first, second = (people.add(email=f"{name}@example.org", sessions=1) for name in ("ada", "eve"))
    accounts.log_in(db, email="ada@example.org", password="secret")
    await aio_accounts.log_in(adb, email="eve@example.org", password="secret")
    for key in (first, second):
        stored = people.value("SELECT password_hash FROM users WHERE id = $1", key)
        assert not passwords.needs_rehash(stored)
        assert passwords.verify_password("secret", stored)
    assert people.live(first, second) == [2, 2]


async def test_another_password_ends_every_session_and_the_login_that_is_under_way(
    people: People, db: Tenant, adb: AioTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = people.add(email="ada@example.org", password_hash=STRONG, sessions=3)

    def verify(password: str, hashed: str | None) -> bool:
        users.change_password(people.conn, user_id=key, password="other")
        return passwords.verify_password(password, hashed)

    monkeypatch.setattr(accounts, "verify_password", verify)
    with pytest.raises(InvalidCredentialsError):
        accounts.log_in(db, email="ada@example.org", password="secret")
    monkeypatch.setattr(aio_accounts, "verify_password", verify)
    people.value("UPDATE users SET password_hash = $1 WHERE id = $2 RETURNING id", STRONG, key)
    with pytest.raises(InvalidCredentialsError):
        await aio_accounts.log_in(adb, email="ada@example.org", password="secret")
    assert people.live(key) == [0]
    assert people.value("SELECT login_count FROM users WHERE id = $1", key) == 0


def test_logins_at_the_same_moment_are_all_counted(people: People, db: Tenant) -> None:
    key = people.add(password_hash=STRONG)
    barrier = threading.Barrier(8)

    def log_in() -> None:
        barrier.wait()
        for _ in range(5):
            assert users.record_login(db, user_id=key, verified_hash=STRONG) is not None

    threads = [threading.Thread(target=log_in) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert people.value("SELECT login_count FROM users WHERE id = $1", key) == 40


@pytest.mark.slow
def test_two_event_loops_stay_responsive_while_people_log_in(people: People) -> None:
    """Two loops in two threads, each with real bcrypt logins beside a heartbeat: 99 of 100 beats are in time."""
    people.add(email="ada@example.org", password_hash=STRONG)
    late_ms: list[list[float]] = [[], []]
    failed: list[BaseException] = []

    async def beat(into: list[float], done: asyncio.Event) -> None:
        while not done.is_set():
            started = time.perf_counter()
            await asyncio.sleep(0.005)
            into.append((time.perf_counter() - started - 0.005) * 1000)

    async def serve(into: list[float]) -> None:
        pool = PoolConfig(min_size=1, max_size=4)
        async with AioDatabase.open(people.conninfo, pool=pool) as open_db, open_db.tenant(MAIN) as adb:
            done = asyncio.Event()
            heart = asyncio.create_task(beat(into, done))
            logins = [aio_accounts.log_in(adb, email="ada@example.org", password="secret") for _ in range(12)]
            assert len({login.token for login in await asyncio.gather(*logins)}) == 12
            done.set()
            await heart

    def run(into: list[float]) -> None:
        try:
            asyncio.run(serve(into))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(into,)) for into in late_ms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert people.value("SELECT login_count FROM users") == 24
    for into in late_ms:
        into.sort()
        p99 = into[int(len(into) * 0.99)]
        print(
            f"{len(into)} beats: median {into[len(into) // 2]:.1f} ms, p99 {p99:.1f} ms, worst {into[-1]:.1f} ms late"
        )
        assert len(into) > 100
        assert p99 < 50


async def test_without_a_tenant_a_query_with_hooks_is_refused_before_its_transaction_begins(people: People) -> None:
    with Database.open(people.conninfo) as db:
        before = db.pool_stats().requests_num
        with pytest.raises(TenantRequiredError):
            users.get_user(db, user_id=1)
        with pytest.raises(TenantRequiredError):
            users.soft_delete_users(db, user_ids=[1], reason="left")
        assert db.pool_stats().requests_num == before
    async with AioDatabase.open(people.conninfo) as adb:
        before = adb.pool_stats().requests_num
        with pytest.raises(TenantRequiredError):
            await aio_users.get_user(adb, user_id=1)
        assert adb.pool_stats().requests_num == before
