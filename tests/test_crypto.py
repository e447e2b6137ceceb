"""Encrypted values: what is stored, what is shown, what is refused, and how keys change."""

from __future__ import annotations

import base64
import copy
import json
import logging
import pickle
import signal
import subprocess
import sys
import textwrap
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

import plainsql.aio
from plainsql import Database, DecryptError, KeyMissingError, KeysFileError, ParameterError, load
from plainsql.aio.loading import load as load_async
from plainsql.crypto import BlindIndex, EncryptedStr, FileKeys, keys, rotate, use
from plainsql.crypto.envelope import associated, key_id_of, seal, unseal
from tests.fixtures.embedded import folder
from tests.test_crypto_columns import keys_file

__all__ = ["folder"]

PYPROJECT = """
[tool.plainsql]
queries = "queries"
[tool.plainsql.types.columns]
"people.ssn" = "plainsql.crypto.EncryptedStr"
"people.pin" = "plainsql.crypto.EncryptedStr"
"""
TABLE = """
CREATE TABLE people (id bigint PRIMARY KEY, ssn bytea, ssn_bidx bytea, pin bytea, hits int NOT NULL DEFAULT 0);
CREATE INDEX people_ssn_bidx_idx ON people (ssn_bidx);
"""
QUERIES = """
-- name: put(id, ssn, ssn_bidx, pin)!
INSERT INTO people (id, ssn, ssn_bidx, pin) VALUES (:id, :ssn, :ssn_bidx, :pin)
ON CONFLICT (id) DO UPDATE SET ssn = excluded.ssn, ssn_bidx = excluded.ssn_bidx, pin = excluded.pin;

-- name: put_many(ids, ssns, indexes)!
INSERT INTO people (id, ssn, ssn_bidx)
SELECT id, ssn, index FROM unnest(:ids::bigint[], :ssns::bytea[], :indexes::bytea[]) AS p (id, ssn, index);

-- name: get(id)^
SELECT id, ssn, pin FROM people WHERE id = :id;

-- name: find(indexes)
SELECT id, ssn FROM people WHERE ssn_bidx = ANY(:indexes) ORDER BY id;

-- name: every()
SELECT id, ssn FROM people ORDER BY id;

-- name: fail(id, ssn)!
UPDATE people SET ssn = :ssn, ssn_bidx = NULL, hits = 1 / (hits - hits) WHERE id = :id;
"""
SECRET = "123-45-6789"
KEY = bytes(range(32))
ONE = {"k1": KEY}
TWO = {"k2": bytes(32), "k1": KEY}


@pytest.fixture
def given_keys() -> Iterator[None]:
    use(ONE)
    yield
    use(None)


@pytest.fixture
def queries(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "people.sql").write_text(QUERIES)
    return tmp_path / "queries"


@pytest.fixture
def people(queries: Path) -> Any:
    return load(queries).people


@pytest.fixture
def conn(empty_database: str, given_keys: None) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(empty_database, autocommit=True) as found:
        found.execute(TABLE)
        yield found


def put(people: Any, conn: Any, id: int, text: str | None, pin: str | None = None) -> None:
    index = None if text is None else keys.blind("people.ssn", text)
    ssn, hidden = (None if value is None else EncryptedStr(value) for value in (text, pin))
    people.put(conn, id=id, ssn=ssn, ssn_bidx=index, pin=hidden)


def test_null_stays_null_and_an_empty_text_stays_one(people: Any, conn: Any) -> None:
    put(people, conn, 1, None, "")
    found = people.get(conn, id=1)
    assert found.ssn is None
    assert found.pin.reveal() == ""


@given(st.text())
def test_any_text_comes_back(text: str) -> None:
    data = seal(KEY, "k1", "people.ssn", [7, "é", 1], text)
    assert unseal(KEY, key_id_of(data), "people.ssn", [7, "é", 1], data) == text
    assert len(text) < 4 or text.encode() not in data


def test_two_values_that_are_equal_are_stored_as_different_ones(people: Any, conn: Any) -> None:
    put(people, conn, 1, SECRET)
    put(people, conn, 2, SECRET)
    rows = conn.execute("SELECT ssn, ssn_bidx FROM people ORDER BY id").fetchall()
    assert rows[0][0] != rows[1][0]
    assert rows[0][1] == rows[1][1]
    assert rows[0][0].startswith(b"v1:k1:")


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_a_flipped_byte_is_an_error_and_never_garbage(place: int, bits: int) -> None:
    data = bytearray(seal(KEY, "k1", "people.ssn", [1], SECRET))
    data[place % len(data)] ^= bits
    changed = bytes(data)
    with pytest.raises(DecryptError):
        unseal(KEY, key_id_of(changed), "people.ssn", [1], changed)


@given(st.binary(max_size=60))
def test_what_was_never_encrypted_is_an_error(data: bytes) -> None:
    with pytest.raises(DecryptError):
        unseal(KEY, key_id_of(data), "people.ssn", [1], data)


@pytest.mark.parametrize("change", ["overlay(ssn PLACING '\\x00' FROM 25)", "substr(ssn, 1, 20)", "'\\x'", "'secret'"])
def test_a_changed_value_names_query_column_and_row(people: Any, conn: Any, change: str) -> None:
    put(people, conn, 1, SECRET)
    put(people, conn, 2, SECRET)
    conn.execute(f"UPDATE people SET ssn = {change} WHERE id = 2")
    with pytest.raises(DecryptError, match=r"people.every at .*people.sql:\d+: column 'ssn' in row 2") as caught:
        people.every(conn)
    assert (caught.value.query, caught.value.column, caught.value.row) == ("people.every", "ssn", 2)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "move",
    [
        "UPDATE people SET ssn = (SELECT ssn FROM people WHERE id = 2) WHERE id = 1",
        "UPDATE people SET id = 3 WHERE id = 2",
        "UPDATE people SET ssn = pin WHERE id = 1",
    ],
)
def test_a_value_that_was_moved_cannot_be_decrypted(people: Any, conn: Any, move: str) -> None:
    put(people, conn, 1, SECRET, "1234")
    put(people, conn, 2, "another", "5678")
    conn.execute(move)
    with pytest.raises(DecryptError, match="another row or column"):
        people.every(conn)


def test_a_value_of_an_unknown_key_names_the_key(people: Any, conn: Any) -> None:
    put(people, conn, 1, SECRET)
    use({"k2": bytes(32)})
    with pytest.raises(KeyMissingError, match="'k1'") as caught:
        people.get(conn, id=1)
    assert caught.value.key_id == "k1"
    assert "people.get" in "".join(caught.value.__notes__)


def test_a_wrong_key_under_a_known_id_is_an_error(people: Any, conn: Any) -> None:
    put(people, conn, 1, SECRET)
    use({"k1": bytes(32)})
    with pytest.raises(DecryptError):
        people.get(conn, id=1)


@pytest.mark.parametrize("value", [SECRET, SECRET.encode(), 5, object()])
def test_anything_but_an_encrypted_str_is_refused_without_being_shown(people: Any, conn: Any, value: Any) -> None:
    with pytest.raises(ParameterError, match="parameter 'ssn' takes an EncryptedStr") as caught:
        people.put(conn, id=1, ssn=value, ssn_bidx=None, pin=None)
    assert SECRET not in str(caught.value)
    assert conn.execute("SELECT count(*) FROM people").fetchone() == (0,)


def test_an_index_of_another_column_or_raw_bytes_is_refused(people: Any, conn: Any) -> None:
    with pytest.raises(ParameterError, match=r'keys\.blind\("people\.ssn"'):
        people.find(conn, indexes=[keys.blind("people.pin", SECRET)])
    with pytest.raises(ParameterError, match="BlindIndex"):
        people.find(conn, indexes=[b"x"])


def test_a_value_needs_the_key_of_its_row(people: Any, conn: Any) -> None:
    with pytest.raises(ParameterError, match="parameter 'id' takes no None where 'ssn' has a value"):
        people.put(conn, id=None, ssn=EncryptedStr("x"), ssn_bidx=None, pin=None)
    with pytest.raises(ParameterError, match="'ids' has 1 elements, 'ssns' has 2"):
        people.put_many(conn, ids=[1], ssns=[EncryptedStr("x"), EncryptedStr("y")], indexes=[None, None])


async def test_the_async_twin_does_the_same(queries: Path, conn: Any, empty_database: str) -> None:
    people = load_async(queries).people
    async with plainsql.aio.Database.open(empty_database) as db:
        await people.put(db, id=1, ssn=EncryptedStr(SECRET), ssn_bidx=keys.blind("people.ssn", SECRET), pin=None)
        (found,) = await people.find(db, indexes=keys.blinds("people.ssn", f" {SECRET} "))
        assert found.ssn.reveal() == SECRET
        conn.execute("UPDATE people SET ssn = 'x'")
        with pytest.raises(DecryptError):
            await people.get(db, id=1)


async def test_null_stays_null_and_an_empty_text_stays_one_async(queries: Path, conn: Any, empty_database: str) -> None:
    people = load_async(queries).people
    async with plainsql.aio.Database.open(empty_database) as db:
        await people.put(db, id=1, ssn=None, ssn_bidx=None, pin=EncryptedStr(""))
        found = await people.get(db, id=1)
    assert found.ssn is None
    assert found.pin == EncryptedStr("")
    assert conn.execute(
        "SELECT ssn IS NULL, pin IS NULL, starts_with(encode(pin, 'escape'), 'v1:') FROM people"
    ).fetchone() == (True, False, True)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("ssn = set_byte(ssn, length(ssn) - 1, get_byte(ssn, length(ssn) - 1) # 1)", "column 'ssn' in row 1"),
        ("ssn = (SELECT ssn FROM people WHERE id = 2)", "another row or column"),
        ("ssn = pin", "another row or column"),
    ],
)
async def test_a_changed_or_moved_value_is_an_error_that_names_its_column_async(
    queries: Path, people: Any, conn: Any, empty_database: str, change: str, message: str
) -> None:
    put(people, conn, 1, SECRET, "1234")
    put(people, conn, 2, "another", "5678")
    conn.execute(f"UPDATE people SET {change} WHERE id = 1")
    twin = load_async(queries).people
    async with plainsql.aio.Database.open(empty_database) as db:
        with pytest.raises(DecryptError, match=message) as caught:
            await twin.every(db)
        assert (caught.value.query, caught.value.column, caught.value.row) == ("people.every", "ssn", 1)
        assert (await twin.get(db, id=2)).ssn.reveal() == "another"


async def test_a_value_of_an_unknown_key_names_the_key_async(
    queries: Path, people: Any, conn: Any, empty_database: str
) -> None:
    put(people, conn, 1, SECRET)
    use({"k2": bytes(32)})
    async with plainsql.aio.Database.open(empty_database) as db:
        with pytest.raises(KeyMissingError, match="'k1'") as caught:
            await load_async(queries).people.get(db, id=1)
    assert caught.value.key_id == "k1"


def test_an_encrypted_str_shows_nothing() -> None:
    value = EncryptedStr(SECRET)
    for shown in (repr(value), str(value), f"{value}", f"{value:>40}", "%s" % value, "{!r}".format(value)):  # noqa: UP031, UP032
        assert SECRET not in shown
        assert "***" in shown
    assert value == EncryptedStr(SECRET)
    assert value != SECRET
    assert len({value, EncryptedStr(SECRET)}) == 1
    assert not EncryptedStr("")
    assert copy.copy(value) is value
    assert copy.deepcopy([value])[0] is value
    for serialise in (pickle.dumps, json.dumps, msgspec.json.encode):
        with pytest.raises(TypeError) as caught:
            serialise(value)
        assert SECRET not in str(caught.value)
    with pytest.raises(AttributeError):
        value._text = "x"
    with pytest.raises(ValueError, match="surrogate"):
        EncryptedStr("\ud800")
    assert isinstance(pickle.loads(pickle.dumps(BlindIndex(b"x", column="a.b"))), BlindIndex)


def test_errors_tracebacks_and_logs_show_nothing(
    people: Any, conn: Any, empty_database: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = EncryptedStr(SECRET)
    with Database.open(empty_database, slow_ms=0.0) as db:
        people.put(db, id=1, ssn=secret, ssn_bidx=None, pin=None)
        try:
            people.fail(db, id=1, ssn=secret)
        except psycopg.Error as error:
            found = traceback.TracebackException.from_exception(error, capture_locals=True)
            shown = "".join(found.format()) + repr(vars(error)) + str(error.diag.context)
    assert "division by zero" in shown
    assert SECRET not in shown + caplog.text + repr(people.every(conn)) + repr(people.fail)
    assert "people.fail" in caplog.text


def test_the_trace_of_the_protocol_shows_nothing(people: Any, conn: Any, tmp_path: Path) -> None:
    with (tmp_path / "trace").open("w") as file:
        conn.pgconn.trace(file.fileno())
        put(people, conn, 1, SECRET)
        assert people.find(conn, indexes=keys.blinds("people.ssn", SECRET))[0].ssn.reveal() == SECRET
        conn.pgconn.untrace()
    trace = (tmp_path / "trace").read_text()
    assert b"v1:k1:".hex() in trace
    assert SECRET not in trace
    assert SECRET.encode().hex() not in trace


@given(st.lists(st.text(), min_size=1), st.lists(st.text(), min_size=1))
def test_what_values_are_bound_to_has_one_form(one: list[str], other: list[str]) -> None:
    same = associated(b"v1:k1:", one[0], one[1:]) == associated(b"v1:k1:", other[0], other[1:])
    assert same == (one == other)
    assert associated(b"", "a", [1]) != associated(b"", "a", ["1"])


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_file_of_keys_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = keys_file(tmp_path)
    path.chmod(mode)
    with pytest.raises(KeysFileError, match="chmod 600"):
        FileKeys(path)


@pytest.mark.parametrize(
    "text",
    ["", "{", "current = 1", '{"current": "k", "keys": {}}', '{"current": "k", "keys": {"k": "c2hvcnQ="}}',
     '{"current": "k", "keys": {"k": "not base64!"}}', '{"current": "k", "keys": {"a:b": "AAAA"}}',
     f'{{"current": "x", "keys": {{"k": "{base64.b64encode(KEY).decode()}"}}}}'],
)  # fmt: skip
def test_a_file_without_good_keys_is_refused_without_showing_them(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keys"
    path.touch(mode=0o600)
    path.write_text(text)
    with pytest.raises(KeysFileError) as caught:
        FileKeys(path)
    assert "c2hvcnQ" not in str(caught.value)
    assert base64.b64encode(KEY).decode() not in str(caught.value)


def test_keys_come_from_the_file_that_the_environment_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLAINSQL_KEYS_FILE", raising=False)
    with pytest.raises(KeysFileError, match="PLAINSQL_KEYS_FILE"):
        keys.blind("a.b", "x")
    path = tmp_path / "keys.toml"
    path.touch(mode=0o600)
    path.write_text(f'current = "k1"\n[keys]\nk1 = "{base64.b64encode(KEY).decode()}"\n')
    monkeypatch.setenv("PLAINSQL_KEYS_FILE", str(path))
    assert keys.blind("a.b", " X ") == keys.blind("a.b", "x")
    assert keys.blind("a.b", "x") != keys.blind("a.c", "x")
    assert keys.blind("a.b", "x").startswith(b"v1:k1:")


def test_nothing_of_the_value_is_in_files_wal_or_logs_of_the_server(queries: Path, folder: Path) -> None:
    from plainsql.embedded import EmbeddedPostgres

    log = {
        "log_statement": "all",
        "log_min_duration_statement": "0",
        "log_parameter_max_length": "-1",
        "log_parameter_max_length_on_error": "-1",
        "wal_level": "logical",
    }
    marker = "TOP-SECRET-5f2d7"
    use(ONE)
    people = load(queries).people
    try:
        with EmbeddedPostgres.start(folder, settings=log) as server:
            with psycopg.connect(server.conninfo(), autocommit=True) as conn:
                conn.execute(TABLE)
                conn.execute("INSERT INTO people (id, pin) VALUES (9, 'CONTROL-MARK'::bytea)")
                put(people, conn, 1, marker, marker)
                with pytest.raises(psycopg.Error):
                    people.fail(conn, id=1, ssn=EncryptedStr(marker))
                assert people.find(conn, indexes=keys.blinds("people.ssn", marker))[0].ssn.reveal() == marker
                conn.execute("CHECKPOINT")
            files = [path for path in folder.rglob("*") if path.is_file()]
            text, control = marker.encode(), b"CONTROL-MARK"
            controlled = set()
            for path in files:
                data = path.read_bytes()
                for form in (text, text.hex().encode(), text.lower(), base64.b64encode(text)):
                    assert form not in data, path
                if control in data or control.hex().encode() in data:
                    controlled.add("wal" if "pg_wal" in path.parts else "base" if "base" in path.parts else "log")
            assert controlled >= {"wal", "base", "log"}
    finally:
        use(None)


def test_rotation_makes_everything_again_and_reads_never_stop(people: Any, conn: Any, empty_database: str) -> None:
    count = 300
    people.put_many(
        conn,
        ids=list(range(count)),
        ssns=[EncryptedStr(f"ssn-{n}") for n in range(count)],
        indexes=[keys.blind("people.ssn", f"ssn-{n}") for n in range(count)],
    )
    expected = {n: f"ssn-{n}" for n in range(count)}
    use(TWO)
    done, faults, written = threading.Event(), [], threading.Event()

    def read() -> None:
        try:
            with psycopg.connect(empty_database, autocommit=True) as own:
                while not done.is_set():
                    assert len(people.every(own)) == count
                    (found,) = people.find(own, indexes=keys.blinds("people.ssn", "ssn-0"))
                    assert found.ssn.reveal() == "ssn-0"
        except BaseException as error:
            faults.append(error)

    def write() -> None:
        number = 0
        try:
            with psycopg.connect(empty_database, autocommit=True) as own:
                while not done.is_set():
                    row = 1 + number % (count - 1)
                    number += 1
                    put(people, own, row, f"new-{row}-{number}")
                    expected[row] = f"new-{row}-{number}"
                    written.set()
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=work) for work in (read, write, read)]
    for thread in threads:
        thread.start()
    written.wait(30)
    steps: list[tuple[int, int]] = []
    try:
        with Database.open(empty_database) as db:
            result = rotate(db, "people.ssn", batch=20, progress=lambda n, total: steps.append((n, total)))
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert not faults, faults
    assert result.remaining == 0
    assert result.rotated > 0
    assert steps[-1][0] <= steps[-1][1]
    assert {row.id: row.ssn.reveal() for row in people.every(conn)} == expected
    prefixes = conn.execute("SELECT DISTINCT substr(ssn, 1, 6), substr(ssn_bidx, 1, 6) FROM people").fetchall()
    assert prefixes == [(b"v1:k2:", b"v1:k2:")]
    use({"k2": bytes(32)})
    assert len(people.every(conn)) == count
    assert rotate(conn, "people.ssn").rotated == 0


KILLED = """
    import os, signal, sys
    import psycopg
    from plainsql.crypto import rotate, use

    use({"k2": bytes(32), "k1": bytes(range(32))})
    def progress(done, total):
        if done >= 40:
            os.kill(os.getpid(), signal.SIGKILL)
    with psycopg.connect(sys.argv[1], autocommit=True) as conn:
        rotate(conn, "people.ssn", batch=20, progress=progress)
"""


def test_a_killed_rotation_goes_on_where_it_stopped(people: Any, conn: Any, empty_database: str) -> None:
    for number in range(100):
        put(people, conn, number, f"ssn-{number}")
    killed = subprocess.run([sys.executable, "-c", textwrap.dedent(KILLED), empty_database], check=False)
    assert killed.returncode == -signal.SIGKILL
    use(TWO)
    assert len(people.every(conn)) == 100
    assert rotate(conn, "people.ssn", batch=20) == type(rotate(conn, "people.ssn"))(60, 0, 0)
    assert [row.ssn.reveal() for row in people.every(conn)] == [f"ssn-{number}" for number in range(100)]


def test_rotation_stops_at_a_value_that_cannot_be_read(people: Any, conn: Any) -> None:
    put(people, conn, 1, SECRET)
    put(people, conn, 2, SECRET)
    conn.execute("UPDATE people SET ssn = (SELECT ssn FROM people WHERE id = 1) WHERE id = 2")
    use(TWO)
    with pytest.raises(DecryptError, match=r"people\.ssn in the row with id = 2"):
        rotate(conn, "people.ssn")


def test_importing_the_package_does_not_load_cryptography() -> None:
    code = "import sys, plainsql.crypto, plainsql.execute; assert 'cryptography' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
