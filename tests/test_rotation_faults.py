"""Rotation of keys while others read, write, lock and kill; and what its faults show."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import textwrap
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest

import plainsql.aio
from plainsql import ConfigError, DecryptError, KeyMissingError, KeysFileError
from plainsql.aio.loading import load as load_async
from plainsql.crypto import EncryptedStr, FileKeys, Rotation, keys, rotate, use
from tests.fixtures.embedded import folder
from tests.test_crypto import KEY, ONE, SECRET, TABLE, TWO, conn, given_keys, people, put, queries

__all__ = ["conn", "folder", "given_keys", "people", "queries"]

COUNT = 200


def fill(people: Any, conn: Any, count: int = COUNT) -> None:
    numbers = range(count)
    people.put_many(
        conn,
        ids=list(numbers),
        ssns=[EncryptedStr(f"ssn-{number}") for number in numbers],
        indexes=[keys.blind("people.ssn", f"ssn-{number}") for number in numbers],
    )


def stale(conn: Any) -> int:
    count = "SELECT count(*) FROM people WHERE substr(ssn, 1, 6) <> 'v1:k2:' OR substr(ssn_bidx, 1, 6) <> 'v1:k2:'"
    return int(conn.execute(count).fetchone()[0])


JOB = """
    import sys
    import psycopg
    from plainsql.crypto import rotate, use

    use({"k2": bytes(32), "k1": bytes(range(32))})
    with psycopg.connect(sys.argv[1], autocommit=True) as conn:
        rotate(conn, "people.ssn", batch=10, pause=0.01, progress=lambda n, total: print(n, flush=True))
"""


def test_a_rotation_that_is_killed_again_and_again_comes_to_its_end(
    people: Any, conn: Any, empty_database: str
) -> None:
    fill(people, conn)
    use(TWO)
    left = [stale(conn)]
    while left[-1]:
        with subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(JOB), empty_database], stdout=subprocess.PIPE, text=True
        ) as job:
            assert job.stdout is not None
            for number, _ in enumerate(job.stdout):
                if number == 4:
                    job.kill()
        left.append(stale(conn))
        assert [row.ssn.reveal() for row in people.every(conn)] == [f"ssn-{number}" for number in range(COUNT)]
    assert len(left) > 3
    assert left == sorted(left, reverse=True)
    assert rotate(conn, "people.ssn") == Rotation(0, 0, 0)


def test_two_rotations_at_once_do_the_work_of_one(people: Any, conn: Any, empty_database: str) -> None:
    fill(people, conn)
    use(TWO)
    start = threading.Barrier(2)

    def work() -> Rotation:
        with psycopg.connect(empty_database, autocommit=True) as own:
            start.wait()
            return rotate(own, "people.ssn", batch=7)

    with ThreadPoolExecutor(2) as pool:
        one, other = (future.result() for future in [pool.submit(work), pool.submit(work)])
    assert one.rotated + other.rotated == COUNT
    assert stale(conn) == 0
    assert [row.ssn.reveal() for row in people.every(conn)] == [f"ssn-{number}" for number in range(COUNT)]


def test_a_transaction_that_locks_rows_backwards_is_never_a_deadlock(
    people: Any, conn: Any, empty_database: str
) -> None:
    fill(people, conn, 10)
    use(TWO)
    with psycopg.connect(empty_database) as other:
        other.execute("SET deadlock_timeout TO '10ms'")
        other.execute("UPDATE people SET hits = 1 WHERE id = 7")
        result = rotate(conn, "people.ssn", batch=100, passes=1)
        other.execute("UPDATE people SET hits = 1 WHERE id = 2")
    assert result == Rotation(9, 1, 1)
    assert rotate(conn, "people.ssn") == Rotation(1, 0, 0)
    assert conn.execute("SELECT sum(hits) FROM people").fetchone() == (2,)


def test_a_row_that_is_locked_for_a_moment_is_done_in_a_later_pass(people: Any, conn: Any, empty_database: str) -> None:
    fill(people, conn, 10)
    use(TWO)
    with psycopg.connect(empty_database) as other:
        other.execute("UPDATE people SET hits = 1 WHERE id = 7")
        result = rotate(conn, "people.ssn", batch=100, progress=lambda done, total: other.commit())
    assert result == Rotation(10, 1, 0)


def test_a_value_written_between_reading_and_writing_is_kept(people: Any, conn: Any, empty_database: str) -> None:
    fill(people, conn, 10)
    use(TWO)
    with psycopg.connect(empty_database, autocommit=True) as other:

        def normalise(text: str) -> str:
            if text == "ssn-9":  # the last of the batch, which is in memory by now
                put(people, other, 4, "written meanwhile")
            return text

        result = rotate(conn, "people.ssn", normalise=normalise)
    assert result == Rotation(9, 1, 0)
    assert people.get(conn, id=4).ssn.reveal() == "written meanwhile"


async def test_readers_and_writers_of_both_kinds_never_notice(
    people: Any, conn: Any, queries: Path, empty_database: str
) -> None:
    fill(people, conn)
    expected = {number: f"ssn-{number}" for number in range(COUNT)}
    use(TWO)
    done, turns = threading.Event(), dict.fromkeys(("read", "write", "aread", "awrite"), 0)

    def looping(name: str, work: Callable[[Any, int], None]) -> None:
        with psycopg.connect(empty_database, autocommit=True) as own:
            while not done.is_set():
                work(own, turns[name])
                turns[name] += 1

    def read(own: Any, _: int) -> None:
        assert len(people.every(own)) == COUNT
        (found,) = people.find(own, indexes=keys.blinds("people.ssn", "ssn-0"))
        assert found.ssn.reveal() == "ssn-0"

    def write(own: Any, turn: int) -> None:
        row = 1 + 2 * (turn % (COUNT // 2))
        put(people, own, row, f"new-{row}-{turn}")
        expected[row] = f"new-{row}-{turn}"

    apeople = load_async(queries).people

    async def aread() -> None:
        async with plainsql.aio.Database.open(empty_database) as db:
            while not done.is_set():
                assert len(await apeople.every(db)) == COUNT
                (found,) = await apeople.find(db, indexes=keys.blinds("people.ssn", "ssn-0"))
                assert found.ssn.reveal() == "ssn-0"
                turns["aread"] += 1

    async def awrite() -> None:
        async with plainsql.aio.Database.open(empty_database) as db:
            while not done.is_set():
                row = 2 + 2 * (turns["awrite"] % (COUNT // 2 - 1))
                text = f"anew-{row}-{turns['awrite']}"
                ssn, index = EncryptedStr(text), keys.blind("people.ssn", text)
                async with db.transaction() as tx:
                    await apeople.put(tx, id=row, ssn=ssn, ssn_bidx=index, pin=None)
                expected[row] = text
                turns["awrite"] += 1

    def rotating() -> Rotation:
        try:
            with psycopg.connect(empty_database, autocommit=True) as own:
                return rotate(own, "people.ssn", batch=5, pause=0.01)
        finally:
            done.set()

    result, *_ = await asyncio.gather(
        asyncio.to_thread(rotating),
        asyncio.to_thread(looping, "read", read),
        asyncio.to_thread(looping, "write", write),
        aread(),
        awrite(),
    )
    assert min(turns.values()) > 0, turns
    assert (result.remaining, stale(conn)) == (0, 0)
    assert {row.id: row.ssn.reveal() for row in people.every(conn)} == expected


def test_a_writer_with_the_old_key_is_picked_up_or_reported(
    people: Any, conn: Any, queries: Path, empty_database: str
) -> None:
    fill(people, conn, 30)
    process = """
        import sys
        from pathlib import Path
        import psycopg
        from plainsql import load
        from plainsql.crypto import EncryptedStr, keys, use

        use({"k1": bytes(range(32))})
        people = load(Path(sys.argv[2])).people
        with psycopg.connect(sys.argv[1], autocommit=True) as conn:
            for line in sys.stdin:
                people.put(conn, id=0, ssn=EncryptedStr("old"), ssn_bidx=keys.blind("people.ssn", "old"), pin=None)
                print("written", flush=True)
    """
    use(TWO)
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(process), empty_database, str(queries)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as writer:  # fmt: skip
        assert writer.stdin is not None
        assert writer.stdout is not None

        def write(done: int, total: int) -> None:
            print("go", file=writer.stdin, flush=True)
            assert writer.stdout is not None
            assert writer.stdout.readline() == "written\n"

        reported = rotate(conn, "people.ssn", batch=10, progress=write)
        once = iter([write])
        picked_up = rotate(conn, "people.ssn", progress=lambda *step: next(once, lambda *_: None)(*step))
        writer.stdin.close()
    assert reported.remaining == 1
    assert picked_up == Rotation(2, 0, 0)
    assert stale(conn) == 0


@pytest.mark.parametrize(
    "spoil", ["overlay(ssn PLACING '\\x00' FROM 25)", "'v1:k0:xxxxxxxxxxxx:yyyyyyyyyyyyyyyyyyyyy'"]
)
def test_a_value_that_cannot_be_read_stops_its_batch_with_the_key_of_its_row(
    people: Any, conn: Any, spoil: str
) -> None:
    fill(people, conn, 30)
    conn.execute(f"UPDATE people SET ssn = {spoil} WHERE id = 15")
    use(TWO)
    with pytest.raises((DecryptError, KeyMissingError), match=r"people\.ssn in the row with id = 15: "):
        rotate(conn, "people.ssn", batch=10)
    rotated = conn.execute("SELECT id FROM people WHERE substr(ssn, 1, 6) = 'v1:k2:' ORDER BY id").fetchall()
    assert rotated == [(number,) for number in range(10)]
    assert conn.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


def shown(error: BaseException) -> str:
    """Return all that a reporter of errors could show, of whatever led to it, but the locals of this module."""
    text = ""
    seen: BaseException | None = error
    while seen is not None:
        frames = traceback.StackSummary.extract(traceback.walk_tb(seen.__traceback__), capture_locals=True)
        found = [frame.locals or {} for frame in frames if frame.filename != __file__]
        text += "".join(f"{name}: {value}\n" for each in found for name, value in each.items())
        text += repr(seen) + repr(seen.args) + "".join(getattr(seen, "__notes__", []))
        seen = seen.__cause__ or seen.__context__
    return text


class Broken:
    """A provider whose current key is nowhere to be found."""

    def current(self) -> str:
        return "k2"

    def live(self) -> list[str]:
        return ["k2", "k1"]

    def key(self, key_id: str) -> bytes:
        if key_id == "k1":
            return KEY
        raise KeyMissingError("lost", key_id=key_id)


def fails(text: str) -> str:
    raise RuntimeError(text)


def rotated_by(provider: Any, **options: Any) -> Callable[[Any, Any], None]:
    def work(people: Any, conn: Any) -> None:
        use(provider)
        rotate(conn, "people.ssn", **options)

    return work


def read_spoiled(people: Any, conn: Any) -> None:
    conn.execute("UPDATE people SET ssn = overlay(ssn PLACING '\\x00' FROM 25)")
    people.every(conn)


def rotate_spoiled(people: Any, conn: Any) -> None:
    use(TWO)
    conn.execute("UPDATE people SET ssn = overlay(ssn PLACING '\\x00' FROM 25)")
    rotate(conn, "people.ssn")


def write_refused(people: Any, conn: Any) -> None:
    use(TWO)
    conn.execute("ALTER TABLE people ADD CHECK (substr(ssn, 1, 6) <> 'v1:k2:')")
    rotate(conn, "people.ssn")


def blind_lost(people: Any, conn: Any) -> None:
    use(Broken())
    keys.blind("people.ssn", EncryptedStr(SECRET))


FAULTS: dict[str, tuple[Callable[[Any, Any], None], type[Exception]]] = {
    "lost": (rotated_by(Broken()), KeyMissingError),
    "normalise": (rotated_by(TWO, normalise=fails), ConfigError),
    "other": (rotated_by(TWO, normalise=str.upper), ConfigError),
    "read": (read_spoiled, DecryptError),
    "rotate": (rotate_spoiled, DecryptError),
    "refused": (write_refused, psycopg.errors.CheckViolation),
    "blind": (blind_lost, KeyMissingError),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_frames_of_a_fault_show_neither_text_nor_key(people: Any, conn: Any, fault: str) -> None:
    notices: list[str] = []
    conn.add_notice_handler(lambda found: notices.append(str(found.message_primary) + str(found.message_detail)))
    secret = EncryptedStr("se-" + SECRET)
    people.put(conn, id=1, ssn=secret, ssn_bidx=keys.blind("people.ssn", secret), pin=None)
    work, kind = FAULTS[fault]
    with pytest.raises(kind) as caught:
        work(people, conn)
    text = shown(caught.value) + "".join(notices)
    assert secret.reveal() not in text
    assert secret.reveal().upper() not in text
    assert repr(KEY) not in text or fault == "lost"  # which are bytes of the test's own provider
    assert "layout" in text or fault in ("read", "blind")


def test_a_keys_file_with_a_fault_shows_none_of_its_keys_in_frames(tmp_path: Path) -> None:
    path = tmp_path / "keys.toml"
    path.touch(mode=0o600)
    path.write_text('current = "x"\n[keys]\nk1 = "U0VDUkVULUtFWQ=="\n')
    with pytest.raises(KeysFileError) as caught:
        FileKeys(path)
    assert "U0VDUkVU" not in shown(caught.value)
    assert "SECRET-KEY" not in shown(caught.value)


def test_an_assertion_that_fails_shows_no_text(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "from plainsql.crypto import EncryptedStr\n"
        f"def test_it():\n    one = EncryptedStr('-'.join({SECRET.split('-')}))\n"
        "    assert [one] == [EncryptedStr('x')], one\n"
    )
    command = [sys.executable, "-m", "pytest", "-vv", "--showlocals", "-p", "no:cacheprovider", "--rootdir", tmp_path]
    done = subprocess.run([*command, tmp_path], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert "1 failed" in done.stdout
    assert "EncryptedStr('***')" in done.stdout
    assert SECRET not in done.stdout + done.stderr


@pytest.fixture
def marker() -> Iterator[str]:
    yield "TOP-SECRET-ROTATED"
    use(None)


def test_a_rotation_leaves_no_text_in_tables_wal_or_log(queries: Path, folder: Path, marker: str) -> None:
    from plainsql import load
    from plainsql.embedded import EmbeddedPostgres

    log = {"log_statement": "all", "log_parameter_max_length": "-1", "wal_level": "logical", "wal_log_hints": "on"}
    use(ONE)
    people = load(queries).people
    with EmbeddedPostgres.start(folder, settings=log) as server:
        with psycopg.connect(server.conninfo(), autocommit=True) as conn:
            conn.execute(TABLE)
            put(people, conn, 1, marker)
            use(TWO)
            assert rotate(conn, "people.ssn") == Rotation(1, 0, 0)
            conn.execute("INSERT INTO people (id, pin) VALUES (9, 'CONTROL-MARK'::bytea)")
            conn.execute("CHECKPOINT")
        kinds = {"control": 0, "new": 0}
        for path in (path for path in folder.rglob("*") if path.is_file()):
            data = path.read_bytes()
            for form in (marker.encode(), marker.lower().encode(), marker.encode().hex().encode()):
                assert form not in data, path
            assert KEY not in data, path
            kinds["control"] += b"CONTROL-MARK" in data
            kinds["new"] += b"v1:k2:" in data
        assert kinds["control"] >= 3, kinds
        assert kinds["new"] >= 2, kinds
