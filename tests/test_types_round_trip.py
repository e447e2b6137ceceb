"""Every type goes to the server and back through generated code: alone and in arrays, in both formats."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from plainsql.execute.wire import BINARY
from plainsql.query.module_names import constant
from tests.fixtures.databases import temporary_database
from tests.fixtures.generated import Generated, generated
from tests.fixtures.type_values import CASES, EXTENSIONS, SCHEMA, Case

LISTS = {"json", "jsonb", "vector", "tags", "documents"}
"""Types whose values are lists: a list of them in a list is no second dimension."""


@pytest.fixture(scope="module")
def database(server: str) -> Iterator[str]:
    with temporary_database(server) as conninfo:
        with psycopg.connect(conninfo, autocommit=True) as conn:
            for extension in EXTENSIONS:
                if conn.execute("SELECT 1 FROM pg_available_extensions WHERE name = %s", [extension]).fetchone():
                    conn.execute(f"CREATE EXTENSION {extension}")
            conn.execute(SCHEMA)
            conn.execute(f"ALTER DATABASE {conn.info.dbname} SET TimeZone = 'UTC'")
        yield conninfo


@pytest.fixture(scope="module")
def conn(database: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database, autocommit=True) as conn:
        yield conn


def cases(conn: psycopg.Connection[Any]) -> list[Case]:
    extensions = {name for (name,) in conn.execute("SELECT extname FROM pg_extension")}
    return [case for case in CASES if case.extension is None or case.extension in extensions]


@pytest.fixture(scope="module", params=["text", "binary"])
def made(
    request: pytest.FixtureRequest, conn: psycopg.Connection[Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Generated]:
    texts = []
    for case in cases(conn):
        number = CASES.index(case)
        texts.append(f"-- name: one_{number}(x)$\nSELECT :x::{case.name};\n")
        texts.append(f"-- name: text_{number}(x)$\nSELECT :x::{case.name}::text;\n")
        texts.append(f"-- name: many_{number}(x)$\nSELECT :x::{case.name}[];\n")
    with generated(conn, tmp_path_factory.mktemp("made"), "\n".join(texts), format=request.param) as made:
        yield made


def run(module: Any, conn: psycopg.Connection[Any], name: str, value: Any) -> Any:
    try:
        return getattr(module, name)(conn, x=value)
    except psycopg.errors.FeatureNotSupported:
        pytest.skip("a server built without it")


async def same(made: Generated, conn: psycopg.Connection[Any], database: str, name: str, values: list[Any]) -> None:
    for value in values:
        found = run(made.sync, conn, name, value)
        assert found == value
        if "hstore" not in made.sync.__dict__[constant(name)].sql:  # its keys have an order of their own
            assert repr(found) == repr(value)  # the same class, and the same zero
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as aconn:
        for value in values:
            assert await getattr(made.aio, name)(aconn, x=value) == value


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_a_value_comes_back_as_it_was_sent(
    case: Case, made: Generated, conn: psycopg.Connection[Any], database: str
) -> None:
    if case not in cases(conn):
        pytest.skip(f"a server without {case.extension}")
    await same(made, conn, database, f"one_{CASES.index(case)}", [*case.values(made.types), None])


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_arrays_come_back_as_they_were_sent(
    case: Case, made: Generated, conn: psycopg.Connection[Any], database: str
) -> None:
    if case not in cases(conn):
        pytest.skip(f"a server without {case.extension}")
    values = case.values(made.types)
    arrays = [[*values, None], [], [None]]
    if case.name not in LISTS:
        arrays += [[values[:1], [None]], [[values[:1]], [values[-1:]]]]
    await same(made, conn, database, f"many_{CASES.index(case)}", arrays)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_value_is_what_psycopg_itself_reads(case: Case, made: Generated, conn: psycopg.Connection[Any]) -> None:
    if case not in cases(conn):
        pytest.skip(f"a server without {case.extension}")
    number = CASES.index(case)
    is_binary = getattr(made.sync, f"ONE_{number}").format == BINARY
    for value in case.values(made.types):
        text = run(made.sync, conn, f"text_{number}", value)
        row = conn.cursor(binary=is_binary).execute(f"SELECT %s::{case.name}", [text]).fetchone()
        assert row is not None
        # psycopg has text or bytes for types that it doesn't know, and more digits for a binary real.
        is_comparable = not isinstance(row[0], str | bytes) and (case.name, is_binary) != ("real", True)
        if is_comparable or (case.annotation == "str" and not is_binary):
            assert row[0] == value


@pytest.mark.parametrize("case", CASES, ids=str)
def test_generated_code_says_what_a_type_is(case: Case, made: Generated, conn: psycopg.Connection[Any]) -> None:
    if case not in cases(conn):
        pytest.skip(f"a server without {case.extension}")
    number = CASES.index(case)
    for name, annotation in ((f"one_{number}", case.annotation), (f"many_{number}", None)):
        found = getattr(made.sync, name).__annotations__["return"].removesuffix(" | None")
        element = case.annotation if case.annotation == "Any" else f"{case.annotation} | None"
        assert found == (annotation or f"list[{element}]")
        assert getattr(made.aio, name).__annotations__["return"].removesuffix(" | None") == found


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_format_is_the_one_that_was_asked_for(
    case: Case, made: Generated, conn: psycopg.Connection[Any], request: pytest.FixtureRequest
) -> None:
    if case not in cases(conn):
        pytest.skip(f"a server without {case.extension}")
    statement = getattr(made.sync, constant(f"one_{CASES.index(case)}"))
    asked = request.node.callspec.params["made"]
    assert statement.format.name == ("BINARY" if asked == "binary" and case.binary else "TEXT")


def test_nothing_is_unknown(made: Generated) -> None:
    assert made.warnings == []


def test_every_type_that_a_column_may_have_is_tried(conn: psycopg.Connection[Any]) -> None:
    tried = {
        oid
        for case in cases(conn)
        for (oid,) in conn.execute("SELECT %s::regtype::oid", [re.sub(r"\(\d+\)", "", case.name)])
    }
    found = conn.execute(
        "SELECT oid, format_type(oid, NULL) FROM pg_type WHERE typarray <> 0 AND typtype <> 'p' AND typisdefined"
        " AND (typrelid = 0 OR typnamespace = 'public'::regnamespace)"
        " AND typnamespace NOT IN ('information_schema'::regnamespace, 'pg_toast'::regnamespace)"
    ).fetchall()
    # Without an input function; kin of a type that is tried.
    untried = {"gtsvector", "isbn13", "ismn", "ismn13", "issn", "issn13", "ean13", "upc", "ltree_gist", "ghstore"}
    named = {name for oid, name in found if oid not in tried} - untried
    assert {name for name in named if not name.endswith("multirange")} == set()
