"""`plainsql keys`: new keys, rotation and what has which key, as an operator meets them."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from plainsql import load
from plainsql.crypto import EncryptedStr, FileKeys, keys, use
from tests.fixtures.projects import Project
from tests.test_crypto_columns import keys_file

PYPROJECT = """
[tool.plainsql]
queries = "queries"
migrations = "migrations"
package = "app.queries"
output = "app/queries"
[tool.plainsql.types.columns]
"people.ssn" = "plainsql.crypto.EncryptedStr"
"notes.body" = "plainsql.crypto.EncryptedStr"
"""
TABLES = """
CREATE TABLE people (id bigint PRIMARY KEY, ssn bytea, ssn_bidx bytea);
CREATE TABLE notes (id bigint PRIMARY KEY, body bytea);
"""
QUERIES = """
-- name: put(id, ssn, ssn_bidx)!
INSERT INTO people (id, ssn, ssn_bidx) VALUES (:id, :ssn, :ssn_bidx);

-- name: note(id, body)!
INSERT INTO notes (id, body) VALUES (:id, :body);

-- name: every()
SELECT id, ssn FROM people ORDER BY id;
"""
OLD, NEW = bytes(range(32)), bytes(32)
COUNT = 60


def encoded(**given: bytes) -> dict[str, str]:
    return {name: base64.b64encode(key).decode() for name, key in given.items()}


def write_keys(path: Path, current: str, **given: bytes) -> None:
    path.write_text(json.dumps({"current": current, "keys": encoded(**given)}))


class Work:
    """A project with values under the key `old`, while the keys file says that `new` is current."""

    def __init__(self, project: Project, conninfo: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.project, self.conninfo, self.monkeypatch = project, conninfo, monkeypatch
        project.write("pyproject.toml", PYPROJECT)
        project.write("queries/users.sql", QUERIES)
        monkeypatch.chdir(project.root)
        self.file = keys_file(project.root)
        write_keys(self.file, "new", old=OLD, new=NEW)
        monkeypatch.setenv("PLAINSQL_KEYS_FILE", str(self.file))
        monkeypatch.delenv("PLAINSQL_ALL_TENANTS_URL", raising=False)
        self.conn = psycopg.connect(conninfo, autocommit=True)
        self.conn.execute(TABLES)
        self.users: Any = load(project.root / "queries").users
        use({"old": OLD})
        for number in range(COUNT):
            self.put(number)
        self.users.note(self.conn, id=1, body=EncryptedStr("a note"))
        use({"new": NEW, "old": OLD})

    def put(self, number: int) -> None:
        index = keys.blind("people.ssn", f"ssn-{number}")
        self.users.put(self.conn, id=number, ssn=EncryptedStr(f"ssn-{number}"), ssn_bidx=index)

    def keys(self, *arguments: str, code: int = 0, dsn: str | None = None) -> subprocess.CompletedProcess[str]:
        done = self.project.run("keys", *arguments, "--dsn", dsn or self.conninfo, code=code)
        assert "Traceback" not in done.stderr
        return done

    def fails(self, *arguments: str, dsn: str | None = None) -> str:
        """Return the one sentence that a command ends with."""
        said = [line for line in self.keys(*arguments, code=2, dsn=dsn).stderr.splitlines() if "database:" not in line]
        assert said[0].startswith("plainsql: ")
        assert len(said) == 1, said
        return said[0]

    def texts(self) -> list[str]:
        return [row.ssn.reveal() for row in self.users.every(self.conn)]


@pytest.fixture
def work(project: Project, empty_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    made = Work(project, empty_database, monkeypatch)
    yield made
    made.conn.close()
    use(None)


def test_every_declared_column_is_rotated_and_told(work: Work) -> None:
    done = work.keys("rotate", "--batch", "7")
    assert [line.split() for line in done.stdout.splitlines()] == [
        ["column", "rotated", "changed", "remaining"],
        ["people.ssn", "60", "0", "0"],
        ["notes.body", "1", "0", "0"],
    ]
    assert "0      0" not in done.stderr
    use({"new": NEW})
    assert work.texts() == [f"ssn-{number}" for number in range(COUNT)]
    again = json.loads(work.keys("rotate", "people.ssn", "--json").stdout)
    assert again == [{"column": "people.ssn", "key": "new", "rotated": 0, "changed": 0, "remaining": 0}]


def test_status_counts_by_key_and_needs_the_keys_of_all(work: Work) -> None:
    work.keys("rotate", "notes.body")
    work.conn.execute("UPDATE people SET ssn_bidx = NULL WHERE id < 10")
    assert [line.split(maxsplit=3) for line in work.keys("status").stdout.splitlines()[1:]] == [
        ["people.ssn", "old", "60", "to be rotated"],
        ["people.ssn_bidx", "old", "50", "to be rotated"],
        ["notes.body", "new", "1", "current"],
    ]
    work.conn.execute("UPDATE people SET ssn = '\\x00ff5c' WHERE id = 1")
    write_keys(work.file, "new", new=NEW)
    found = json.loads(work.keys("status", "people.ssn", "--json", code=1).stdout)
    assert [(line["key_id"], line["count"], line["note"]) for line in found if line["column"] == "people.ssn"] == [
        ("old", 59, "no such key in the keys file"),
        (None, 1, "not encrypted by plainsql"),
    ]


def test_what_remains_is_an_exit_of_1_that_says_what_to_do(work: Work) -> None:
    with psycopg.connect(work.conninfo) as locking:
        locking.execute("SELECT FROM people WHERE id = 3 FOR UPDATE")
        done = work.keys("rotate", "people.ssn", code=1)
    assert done.stdout.splitlines()[1].split()[-1] == "1"
    assert re.search(
        r"people.ssn: 1 value still without the current key 'new': .* run plainsql keys rotate again", done.stderr
    )
    assert work.keys("rotate", "people.ssn").stdout.splitlines()[1].split() == ["people.ssn", "1", "0", "0"]


def test_the_role_that_sees_all_is_the_default(work: Work) -> None:
    work.monkeypatch.setenv("PLAINSQL_ALL_TENANTS_URL", work.conninfo)
    done = work.project.run("keys", "status")
    assert "database: PLAINSQL_ALL_TENANTS_URL: " in done.stderr
    assert "people.ssn" in done.stdout


def test_what_cannot_be_done_is_one_sentence(work: Work) -> None:
    assert "did you mean people.ssn?" in work.fails("rotate", "people.sn")
    wrong = make_conninfo(work.conninfo, user="nobody_at_all", password="TOP-SECRET")
    done = work.keys("rotate", code=2, dsn=wrong)
    assert "nobody_at_all" in done.stderr
    assert "TOP-SECRET" not in done.stderr
    work.file.chmod(0o640)
    assert "chmod 600" in work.fails("rotate")
    work.file.unlink()
    assert "can't read the keys" in work.fails("rotate")
    work.monkeypatch.delenv("PLAINSQL_KEYS_FILE")
    assert "set PLAINSQL_KEYS_FILE" in work.fails("status")
    work.project.write("pyproject.toml", PYPROJECT.partition("[tool.plainsql.types")[0])
    assert "no column is encrypted" in work.fails("rotate")


def test_a_missing_column_or_key_is_one_sentence(work: Work) -> None:
    write_keys(work.file, "new", new=NEW)
    assert "people.ssn in the row with id = 0" in work.fails("rotate")
    work.conn.execute("ALTER TABLE people DROP COLUMN ssn")
    assert "no column 'people.ssn'" in work.fails("rotate")


def test_a_role_that_rows_are_hidden_from_is_refused(work: Work) -> None:
    role = f"operator_{os.getpid()}"
    work.conn.execute(f"CREATE ROLE {role} LOGIN")
    try:
        other = make_conninfo(work.conninfo, user=role)
        assert "permission denied for table people" in work.fails("rotate", dsn=other)
        work.conn.execute(f"GRANT SELECT, UPDATE ON people TO {role}")
        work.conn.execute("ALTER TABLE people ENABLE ROW LEVEL SECURITY")
        said = work.fails("rotate", dsn=other)
        assert "row-level security policy" in said
        assert "BYPASSRLS: --dsn or PLAINSQL_ALL_TENANTS_URL" in said
        assert "BYPASSRLS" in work.fails("status", "people.ssn", dsn=other)
    finally:
        work.conn.execute(f"DROP OWNED BY {role}")
        work.conn.execute(f"DROP ROLE {role}")


def test_ctrl_c_ends_with_130_and_the_same_command_goes_on(work: Work) -> None:
    command = [sys.executable, "-m", "plainsql", "keys", "rotate", "people.ssn", "--dsn", work.conninfo]
    process = subprocess.Popen(
        [*command, "--batch", "1", "--pause", "0.02"],
        cwd=work.project.root, env=work.project.environment, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while _rotated(work) < 3:
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130, said
    assert "run the same command to go on" in said
    assert "Traceback" not in said
    done = _rotated(work)
    assert 3 <= done < COUNT
    assert work.keys("rotate", "people.ssn").stdout.splitlines()[1].split() == [
        "people.ssn",
        str(COUNT - done),
        "0",
        "0",
    ]


def _rotated(work: Work) -> int:
    row = work.conn.execute("SELECT count(*) FROM people WHERE substr(ssn, 1, 7) = 'v1:new:'").fetchone()
    assert row is not None
    return int(row[0])


def test_a_blind_index_of_another_function_is_never_made_wrong(work: Work) -> None:
    work.project.write("app/__init__.py", "")
    work.project.write("app/search.py", "def digits(text):\n    return ''.join(c for c in text if c.isdigit())\n")
    work.conn.execute("TRUNCATE people")
    index = keys.blind("people.ssn", "ssn-1", normalise=lambda text: text.removeprefix("ssn-"))
    work.users.put(work.conn, id=1, ssn=EncryptedStr("ssn-1"), ssn_bidx=index)
    assert _rotated(work) == 1
    use({"old": OLD})
    index = keys.blind("people.ssn", "ssn-2", normalise=lambda text: text.removeprefix("ssn-"))
    work.users.put(work.conn, id=2, ssn=EncryptedStr("ssn-2"), ssn_bidx=index)
    assert "another normalise" in work.fails("rotate", "people.ssn")
    assert _rotated(work) == 1
    assert "--normalise names" in work.fails("rotate", "--normalise", "app.search.digit")
    work.keys("rotate", "people.ssn", "--normalise", "app.search.digits")
    assert _rotated(work) == 2
    found = work.conn.execute("SELECT ssn_bidx FROM people WHERE id = 2").fetchone()
    use({"new": NEW})
    assert found == (bytes(keys.blind("people.ssn", "2")),)


def test_a_new_file_is_for_its_owner_alone_and_a_line_fits_into_it(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = project.root / "keys.toml"
    monkeypatch.setenv("PLAINSQL_KEYS_FILE", str(path))
    assert "wrote" in project.run("keys", "new").stdout
    assert path.stat().st_mode & 0o777 == 0o600
    (month,) = FileKeys(path).live()
    assert re.fullmatch(r"\d{4}-\d\d", month)
    assert base64.b64encode(FileKeys(path).key(month)).decode() in path.read_text()
    assert "has a key" in project.run("keys", "new", code=2).stderr
    done = project.run("keys", "new", "--id", "next.1")
    assert "set current to" in done.stderr
    path.write_text(path.read_text() + done.stdout)
    assert FileKeys(path).live() == [month, "next.1"]
    assert len(FileKeys(path).key("next.1")) == 32
    path.chmod(0o644)
    assert "chmod 600" in project.run("keys", "new", "--id", "x", code=2).stderr
    assert "--id must be" in project.run("keys", "new", "--id", "a:b", code=2).stderr
    monkeypatch.setenv("PLAINSQL_KEYS_FILE", str(project.root / "no" / "keys"))
    assert "no/keys" in project.run("keys", "new", code=2).stderr


def test_a_line_for_a_file_of_json_is_json(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    path = keys_file(project.root)
    monkeypatch.setenv("PLAINSQL_KEYS_FILE", str(path))
    assert json.loads("{" + project.run("keys", "new", "--id", "k9").stdout + "}").keys() == {"k9"}
