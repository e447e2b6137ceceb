"""Encrypted columns and JSON columns with classes: what is declared once holds in every query."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from plainsql import migrations
from tests.fixtures.databases import ROOT
from tests.fixtures.projects import Project
from tests.test_typing import PYRIGHT, mypy, pyright

MIGRATION = """
CREATE TABLE tenants (id uuid PRIMARY KEY);
CREATE TABLE people (
    id bigint PRIMARY KEY,
    tenant_id uuid,
    email text NOT NULL UNIQUE,
    ssn bytea,
    ssn_bidx bytea,
    prefs jsonb
);
CREATE INDEX people_ssn_bidx_idx ON people (ssn_bidx);
CREATE SEQUENCE people_ids;
CREATE VIEW plain_people AS SELECT id AS person_id, ssn AS secret, ssn_bidx, email FROM people;
CREATE VIEW sorted_people AS SELECT id, ssn FROM people ORDER BY ssn;
CREATE TABLE notes (id bigint PRIMARY KEY, person_id bigint REFERENCES people, body bytea, more jsonb);
CREATE FUNCTION all_people() RETURNS SETOF people LANGUAGE sql STABLE AS $$ SELECT * FROM people $$;
"""
COLUMNS = """
[tool.plainsql.types.columns]
"people.ssn" = "plainsql.crypto.EncryptedStr"
"people.prefs" = "app.prefs.Prefs"
"""
PREFS = """
from __future__ import annotations

from msgspec import Struct


class Theme(Struct):
    name: str
    dark: bool = False


class Prefs(Struct):
    theme: Theme
    tags: list[str] = []
"""
PEOPLE = """\
-- name: next_id()$
SELECT nextval('people_ids') AS id;

-- name: add_person(id, email, ssn, ssn_bidx, prefs)!
INSERT INTO people (id, email, ssn, ssn_bidx, prefs) VALUES (:id, :email, :ssn, :ssn_bidx, :prefs);

-- name: add_people(ids, emails, ssns, indexes, prefs)!
INSERT INTO people (id, email, ssn, ssn_bidx, prefs)
SELECT p.id, p.email, p.ssn, p.ssn_bidx, p.prefs
FROM unnest(:ids::bigint[], :emails::text[], :ssns::bytea[], :indexes::bytea[], :prefs::jsonb[])
    AS p (id, email, ssn, ssn_bidx, prefs);

-- name: add_each(id, email, ssn, ssn_bidx)*!
INSERT INTO people (id, email, ssn, ssn_bidx) VALUES (:id, :email, :ssn, :ssn_bidx);

-- name: put_person(id, email, ssn, ssn_bidx)<!
INSERT INTO people (id, email, ssn, ssn_bidx) VALUES (:id, :email, :ssn, :ssn_bidx)
ON CONFLICT (id) DO UPDATE SET ssn = excluded.ssn, ssn_bidx = excluded.ssn_bidx
RETURNING id, ssn, prefs;

-- name: merge_person(id, email, ssn, ssn_bidx)!
MERGE INTO people AS p
USING (SELECT :id::bigint AS id, :ssn::bytea AS ssn, :ssn_bidx::bytea AS ssn_bidx) AS new ON p.id = new.id
WHEN MATCHED THEN UPDATE SET ssn = new.ssn, ssn_bidx = new.ssn_bidx
WHEN NOT MATCHED THEN INSERT (id, email, ssn, ssn_bidx) VALUES (new.id, :email, new.ssn, new.ssn_bidx);

-- name: set_ssn(person_id, ssn, ssn_bidx)<!
UPDATE people SET ssn = :ssn, ssn_bidx = :ssn_bidx WHERE id = :person_id RETURNING id, ssn;

-- name: set_all(ids, ssns, indexes)!
UPDATE people AS p SET ssn = n.ssn, ssn_bidx = n.ssn_bidx
FROM unnest(:ids::bigint[], :ssns::bytea[], :indexes::bytea[]) AS n (id, ssn, ssn_bidx)
WHERE p.id = n.id;

-- name: set_through_view(person_id, ssn, ssn_bidx)!
UPDATE plain_people SET secret = :ssn, ssn_bidx = :ssn_bidx WHERE person_id = :person_id;

-- name: get_person(person_id)^
SELECT id, email, ssn, prefs FROM people WHERE id = :person_id;

-- name: find_person(indexes)
SELECT p.ssn AS number, p.id FROM people AS p WHERE p.ssn_bidx = ANY(:indexes) ORDER BY p.id;

-- name: find_one(ssn_bidx)^
SELECT ssn, id FROM people WHERE ssn_bidx = :ssn_bidx LIMIT 1;

-- name: by_prefs(prefs)
SELECT id, prefs FROM people WHERE prefs = :prefs;

-- name: through_everything()
WITH first AS (SELECT id AS key, ssn AS secret FROM people), second AS MATERIALIZED (SELECT * FROM first)
SELECT s.secret, s.key, n.id AS note, v.secret AS again, v.person_id
FROM (SELECT * FROM second) AS s
LEFT JOIN notes AS n ON n.person_id = s.key
JOIN LATERAL (SELECT secret, person_id FROM plain_people WHERE person_id = s.key) AS v ON TRUE
ORDER BY s.key;

-- name: both_arms()
SELECT id, ssn, prefs FROM people WHERE id < 3
UNION ALL
SELECT person_id, secret, NULL FROM plain_people WHERE person_id >= 3
ORDER BY id;

-- name: without(id)!
DELETE FROM people WHERE id = :id AND ssn IS NOT NULL;

-- name: gone(id)^
WITH gone AS (DELETE FROM people WHERE id = :id RETURNING id, ssn) SELECT id, ssn FROM gone;
"""


@pytest.fixture
def people(project: Project) -> Project:
    project.write("pyproject.toml", project.read("pyproject.toml") + COLUMNS)
    project.write("migrations/0001.users.sql", MIGRATION)
    project.write("migrations/0001.users.rollback.sql", "DROP TABLE notes; DROP TABLE people CASCADE;")
    project.write("app/prefs.py", PREFS)
    project.write("queries/users.sql", PEOPLE)
    return project


def keys_file(folder: Path, current: str = "k1", ids: tuple[str, ...] = ("k1", "k2")) -> Path:
    """Write a file of keys that differ by their ids."""
    path = folder / "keys.json"
    keys = {key_id: base64.b64encode(key_id.encode().ljust(32, b"!")).decode() for key_id in ids}
    path.touch(mode=0o600)
    path.write_text(json.dumps({"current": current, "keys": keys}))
    return path


@pytest.fixture
def generated(people: Project) -> Project:
    people.run("generate")
    return people


RUN = """
    import os
    import psycopg
    from app.prefs import Prefs, Theme
    from app.queries import users
    from plainsql.crypto import EncryptedStr, keys

    ssn = EncryptedStr("123-45-6789")
    prefs = Prefs(Theme("dark", True), ["a"])
    blind = keys.blind("people.ssn", ssn)
    with psycopg.connect(os.environ["DSN"], autocommit=True) as conn:
        users.add_person(conn, id=1, email="a", ssn=ssn, ssn_bidx=blind, prefs=prefs)
        users.add_people(
            conn, ids=[2, 3, 4], emails=["b", "c", "d"], ssns=[ssn, None, EncryptedStr("")],
            indexes=[blind, None, keys.blind("people.ssn", "")], prefs=[None, prefs, None],
        )
        users.add_each(conn, [
            {"id": 5, "email": "e", "ssn": ssn, "ssn_bidx": blind},
            {"id": 6, "email": "f", "ssn": None, "ssn_bidx": None},
        ])
        nul = EncryptedStr("a\\0b")
        assert users.put_person(conn, id=7, email="g", ssn=nul, ssn_bidx=None).ssn == nul
        assert users.put_person(conn, id=7, email="g", ssn=ssn, ssn_bidx=blind).ssn == ssn
        for _ in range(2):
            users.merge_person(conn, id=8, email="h", ssn=ssn, ssn_bidx=blind)
        assert users.set_ssn(conn, person_id=6, ssn=ssn, ssn_bidx=blind).ssn == ssn
        users.set_all(conn, ids=[2, 4], ssns=[EncryptedStr("two"), None], indexes=[blind, None])
        users.set_through_view(conn, person_id=5, ssn=EncryptedStr("five"), ssn_bidx=blind)
        one = users.get_person(conn, person_id=1)
        assert one.ssn.reveal() == "123-45-6789" and one.prefs == prefs
        assert "123" not in repr(one) and "***" in repr(one)
        found = {row.id: row.number and row.number.reveal() for row in users.find_person(conn, indexes=[blind])}
        assert found == {1: "123-45-6789", 2: "two", 5: "five", 6: "123-45-6789", 7: "123-45-6789", 8: "123-45-6789"}
        assert users.find_one(conn, ssn_bidx=blind) is not None
        assert [row.id for row in users.by_prefs(conn, prefs=prefs)] == [1, 3]
        assert [row.secret == row.again for row in users.through_everything(conn)] == [True] * 8
        assert [row.ssn and row.ssn.reveal() for row in users.both_arms(conn)][1:4] == ["two", None, None]
        assert users.gone(conn, id=8).ssn == ssn
        stored = conn.execute("SELECT string_agg(people::text, ',') FROM people").fetchone()[0]
        assert "123-45" not in stored and b"123-45".hex() not in stored
"""


def test_values_go_both_ways_in_every_form_of_a_query(generated: Project, empty_database: str) -> None:
    migrations.apply(empty_database, generated.root / "migrations")
    generated.python(RUN, DSN=empty_database, PLAINSQL_KEYS_FILE=str(keys_file(generated.root)))


CALLS = """
from __future__ import annotations

import psycopg
from app.prefs import Prefs
from app.queries import aio, users
from plainsql.crypto import BlindIndex, EncryptedStr, keys


def call(conn: psycopg.Connection[object]) -> None:
    found = users.get_person(conn, person_id=1)
    assert found is not None
    ssn: EncryptedStr | None = found.ssn
    prefs: Prefs | None = found.prefs
    index: BlindIndex = keys.blind("people.ssn", ssn or "")
    users.add_person(conn, id=1, email="", ssn=ssn, ssn_bidx=index, prefs=prefs)
    users.find_person(conn, indexes=keys.blinds("people.ssn", "x"))


async def acall(conn: psycopg.AsyncConnection[object]) -> None:
    found = await aio.users.get_person(conn, person_id=1)
    assert found is not None
    ssn: EncryptedStr | None = found.ssn
    await aio.users.set_ssn(conn, person_id=1, ssn=ssn, ssn_bidx=None)
"""
WRONG = """
import psycopg
from app.queries import users


def call(conn: psycopg.Connection[object]) -> None:
    users.set_ssn(conn, person_id=1, ssn="123", ssn_bidx=b"1")
"""


@pytest.mark.parametrize("rows", ["struct", "dataclass"])
def test_generated_code_passes_type_checkers(people: Project, rows: str) -> None:
    people.replace("pyproject.toml", 'output = "app/queries"', f'output = "app/queries"\nrows = "{rows}"')
    sources = PYRIGHT.replace('["."]', f'[".", "{ROOT / "src"}"]')
    people.write("pyproject.toml", people.read("pyproject.toml") + sources)
    people.run("generate")
    people.run("check")
    people.write("app/calls.py", CALLS)
    assert mypy(people, "app") == set()
    assert pyright(people, "app") == set()
    people.write("app/wrong.py", WRONG)
    assert mypy(people, "app/wrong.py") == {("app/wrong.py", 7)}


def test_check_tells_of_a_setting_that_changed(generated: Project) -> None:
    generated.replace(
        "pyproject.toml",
        '"plainsql.crypto.EncryptedStr"',
        '{ python = "plainsql.crypto.EncryptedStr", aad = ["email"] }',
    )
    found = generated.run("check", code=1).stderr
    assert "settings changed" in found or "can't be decrypted without email" in found


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('"people" = "str"', "write table.column"),
        ('"people.ssn" = 5', "dotted Python name"),
        ('"people.prefs" = { python = "app.prefs.Prefs", aad = ["id"] }', "aad is for columns of"),
        ('"people.prefs" = { python = "app.prefs.Prefs", extra = "keep" }', '"forbid" or "ignore"'),
        ('"people.prefs" = { python = "app.prefs.Prefs", ad = "x" }', "unknown key 'ad'"),
        ('"people.prefs" = "app.prefs.Pref"', "did you mean app.prefs.Prefs?"),
    ],
)
def test_a_wrong_setting_says_what_to_write(people: Project, line: str, message: str) -> None:
    text = people.read("pyproject.toml").partition("[tool.plainsql.types.columns]")[0]
    people.write("pyproject.toml", f"{text}\n[tool.plainsql.types.columns]\n{line}\n")
    assert message in people.run("generate", code=2).stderr.replace("\n", " ")


JSON_CLASSES = """
from __future__ import annotations

from dataclasses import dataclass
from typing import NotRequired, TypedDict

from msgspec import Struct


class Tagged(Struct, tag="one"):
    size: int


class Other(Struct, tag="two"):
    width: int


class Leaf(Struct, rename="camel"):
    big_name: int


@dataclass
class Branch:
    leaf: Leaf
    leaves: list[Leaf]
    by_name: dict[str, Leaf]


class Tree(TypedDict):
    branch: Branch | None
    either: NotRequired[Tagged | Other]
"""
GOOD = {"branch": {"leaf": {"bigName": 1}, "leaves": [{"bigName": 2}], "by_name": {"a": {"bigName": 3}}}}
BAD: list[tuple[object, str]] = [
    ({}, "`branch`"),
    ({"branch": None, "x": 1}, "`$.x`"),
    ({"branch": {**GOOD["branch"], "y": 1}}, "`$.branch.y`"),
    ({"branch": {**GOOD["branch"], "leaf": {"bigName": 1, "z": 2}}}, "`$.branch.leaf.z`"),
    ({"branch": {**GOOD["branch"], "leaf": {}}}, "`bigName` - at `$.branch.leaf`"),
    ({"branch": {**GOOD["branch"], "leaf": {"bigName": "1"}}}, "at `$.branch.leaf.bigName`"),
    ({"branch": {**GOOD["branch"], "leaves": [{"bigName": 1}, {"bigName": 1, "w": 1}]}}, "`$.branch.leaves[1].w`"),
    ({"branch": {**GOOD["branch"], "by_name": {"a": {"bigName": 1, "v": 0}}}}, "`$.branch.by_name[...].v`"),
    ({"branch": None, "either": {"type": "two", "width": 1, "u": 1}}, "`$.either.u`"),
    ([], "Expected `object`"),
]


def test_json_with_a_key_too_few_or_too_many_names_its_path(people: Project, empty_database: str) -> None:
    people.write("app/prefs.py", JSON_CLASSES)
    people.replace("pyproject.toml", "app.prefs.Prefs", "app.prefs.Tree")
    migrations.apply(empty_database, people.root / "migrations")
    people.run("generate")
    people.python(
        f"""
        import json, os
        import psycopg, pytest
        from plainsql import UnexpectedTypeError
        from app.prefs import Tagged
        from app.queries import users

        with psycopg.connect(os.environ["DSN"], autocommit=True) as conn:
            put = "INSERT INTO people (id, email, prefs) VALUES (1, 'a', %s) ON CONFLICT (id) DO UPDATE SET prefs = %s"
            good = json.dumps({GOOD!r})
            conn.execute(put, (good, good))
            found = users.get_person(conn, person_id=1)
            assert found.prefs["branch"].leaf.big_name == 1, found
            users.add_person(conn, id=2, email="b", ssn=None, ssn_bidx=None, prefs=found.prefs)
            users.add_person(
                conn, id=3, email="c", ssn=None, ssn_bidx=None, prefs={{"branch": None, "either": Tagged(5)}}
            )
            assert users.get_person(conn, person_id=2).prefs == found.prefs
            assert users.get_person(conn, person_id=3).prefs["either"] == Tagged(5)
            for value, path in {BAD!r}:
                text = json.dumps(value)
                conn.execute(put, (text, text))
                with pytest.raises(UnexpectedTypeError) as caught:
                    users.get_person(conn, person_id=1)
                message = str(caught.value)
                assert path in message, (path, message)
                assert "query users.get_person at queries/users.sql:" in message and "column 'prefs'" in message
                assert "in row 1" in message and caught.value.column == "prefs"
        """,
        DSN=empty_database,
        PLAINSQL_KEYS_FILE=str(keys_file(people.root)),
    )


def test_json_with_a_key_too_few_or_too_many_names_its_path_async(people: Project, empty_database: str) -> None:
    people.write("app/prefs.py", JSON_CLASSES)
    people.replace("pyproject.toml", "app.prefs.Prefs", "app.prefs.Tree")
    migrations.apply(empty_database, people.root / "migrations")
    people.run("generate")
    people.python(
        f"""
        import asyncio, json, os
        import psycopg, pytest
        from plainsql import UnexpectedTypeError
        from app.queries.aio import users

        async def main():
            async with await psycopg.AsyncConnection.connect(os.environ["DSN"], autocommit=True) as conn:
                put = "INSERT INTO people (id, email, prefs) VALUES (1, 'a', %s)"
                put += " ON CONFLICT (id) DO UPDATE SET prefs = %s"
                good = json.dumps({GOOD!r})
                await conn.execute(put, (good, good))
                found = await users.get_person(conn, person_id=1)
                assert found.prefs["branch"].leaf.big_name == 1, found
                for value, path in {BAD!r}:
                    text = json.dumps(value)
                    await conn.execute(put, (text, text))
                    with pytest.raises(UnexpectedTypeError) as caught:
                        await users.get_person(conn, person_id=1)
                    message = str(caught.value)
                    assert path in message, (path, message)
                    assert "query users.get_person at queries/users.sql:" in message and "column 'prefs'" in message
                    assert "in row 1" in message and caught.value.column == "prefs"

        asyncio.run(main())
        """,
        DSN=empty_database,
        PLAINSQL_KEYS_FILE=str(keys_file(people.root)),
    )


def test_keys_too_many_may_be_let_pass(people: Project, empty_database: str) -> None:
    people.replace("pyproject.toml", '"app.prefs.Prefs"', '{ python = "app.prefs.Prefs", extra = "ignore" }')
    migrations.apply(empty_database, people.root / "migrations")
    people.run("generate")
    people.python(
        """
        import os, psycopg
        from plainsql import load
        from app.queries import users

        with psycopg.connect(os.environ["DSN"], autocommit=True) as conn:
            text = '{"theme": {"name": "x", "z": 1}, "y": 2}'
            conn.execute("INSERT INTO people (id, email, prefs) VALUES (1, 'a', %s)", (text,))
            assert users.get_person(conn, person_id=1).prefs.theme.name == "x"
            assert load("queries").users.get_person(conn, person_id=1).prefs.theme.name == "x"
        """,
        DSN=empty_database,
    )
