"""@null, @notnull and @type: how they are read, what they change of a description, and how wrong ones are refused."""

# ruff: noqa: E501 - one case, one line

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from plainsql.catalog import load_catalog
from plainsql.describe import Describer, Description
from plainsql.describe.model import Column, Parameter
from plainsql.describe.report import exit_code, report
from plainsql.query.model import Query
from plainsql.query.problem import Problem, format_problem
from tests.fixtures.databases import temporary_database
from tests.fixtures.projects import Project
from tests.fixtures.queries import load_text

SCHEMA = """
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TYPE address AS (street text, zip text);
CREATE DOMAIN labels AS text[];
CREATE DOMAIN posint AS integer NOT NULL CHECK (value > 0);
CREATE TABLE docs (
    id bigint PRIMARY KEY, note text, title text NOT NULL, size integer, price numeric, ref uuid, made timestamptz,
    meta jsonb, extra json, metas jsonb[], tags text[] NOT NULL, marks labels, mood mood, home address
);
"""


@pytest.fixture(scope="module")
def database(server: str) -> Iterator[str]:
    with temporary_database(server) as conninfo:
        with psycopg.connect(conninfo, autocommit=True) as conn:
            conn.execute(SCHEMA)
        yield conninfo


@pytest.fixture(scope="module")
def describer(database: str) -> Iterator[Describer]:
    with psycopg.connect(database, autocommit=True) as conn:
        yield Describer(conn)


def query(directives: str, sql: str, header: str = "q") -> Query:
    """The query of a file with *directives*, one a line, without their dashes."""
    lines = "".join(f"-- {line}\n" for line in directives.split("\n"))
    return load_text(f"-- name: {header}\n{lines}{sql};\n")[header.split("(")[0].rstrip("^$!<*#")]


def good(describer: Describer, directives: str, sql: str, header: str = "q") -> Description:
    found = describer.describe(query(directives, sql, header))
    assert found.problem is None, found.problem
    return found


def column(description: Description, name: str) -> Column:
    return next(column for column in description.columns if column.name == name)


def parameter(description: Description, name: str) -> Parameter:
    return next(parameter for parameter in description.parameters if parameter.name == name)


def shown(problems: list[Problem] | tuple[Problem, ...]) -> list[str]:
    """The problems as people see them, without the file's name."""
    return [format_problem(problem).split(":", 1)[1] for problem in problems]


def test_notnull_and_null_change_the_verdict(describer: Describer) -> None:
    found = good(describer, "@notnull note\n@null title", "SELECT note, title, size FROM docs")
    assert [(c.name, c.nullable, c.override, c.promises) for c in found.columns] == [
        ("note", False, "notnull", ("note",)),
        ("title", True, "null", ()),
        ("size", True, None, ()),
    ]
    assert found.warnings == ()


def test_parameters_are_told_by_their_colon(describer: Describer) -> None:
    sql = "UPDATE docs SET note = :note, size = :size WHERE id = :id AND price = :price RETURNING note"
    found = good(describer, "@notnull :note, note\n@null :price", sql, "q(note, size, id, price)<!")
    assert [(p.name, p.nullable, p.override, p.promises) for p in found.parameters] == [
        ("note", False, "notnull", (":note",)),
        ("size", True, None, ()),
        ("id", False, None, ()),
        ("price", True, "null", ()),
    ]
    assert not column(found, "note").nullable


def test_elements_are_told_apart_from_the_array(describer: Describer) -> None:
    found = good(
        describer,
        "@notnull tags[], marks[], :ids[]",
        "SELECT tags, marks FROM docs WHERE id = ANY(:ids::bigint[])",
        "q(ids)",
    )
    assert [(c.python.result, c.nullable, c.override) for c in found.columns] == [
        ("list[str]", False, "type"),
        ("list[str]", True, "type"),
    ]
    assert parameter(found, "ids").python.parameter == "Sequence[int]"


def test_type_changes_the_annotation_alone(describer: Describer) -> None:
    directives = "@type meta shop.types.Metadata\n@notnull meta\n@type note uuid.UUID"
    found = good(describer, directives, "SELECT meta, note FROM docs")
    assert [(c.python.result, c.nullable, c.override) for c in found.columns] == [
        ("shop.types.Metadata", False, "notnull"),
        ("uuid.UUID", True, "type"),
    ]


WARNINGS = [
    ("@notnull title", "'@notnull title' is proved already"),
    ("@notnull :id", "'@notnull :id' is proved already"),
    ("@null note", "'@null note': it is nullable already"),
    ("@null :note", "'@null :note': None is accepted already"),
    ("@null tags[]", "'@null tags[]': they may be NULL already"),
    ("@null :names[]", "'@null :names[]': they may be NULL already"),
    ("@type size int", "'@type size': it is that already"),
    ("@type price decimal.Decimal", "'@type price': it is that already"),
    ("@type made datetime.datetime", "'@type made': it is that already"),
    ("@type meta typing.Any", "'@type meta': it is that already"),
]


@pytest.mark.parametrize(("directive", "message"), WARNINGS)
def test_what_changes_nothing_is_warned_of(describer: Describer, directive: str, message: str) -> None:
    sql = "UPDATE docs SET note = :note WHERE id = :id AND tags = :names RETURNING title, note, tags, size, price, made, meta"
    found = good(describer, directive, sql, "q(note, id, names)<!")
    (warning,) = shown(found.warnings)
    target = directive.split()[1]
    assert warning.split("\n") == [
        f"2:{5 + len(directive.split()[0])}: warning: {message}",
        f"    -- {directive}",
        f"    {' ' * (len(directive.split()[0]) + 4)}{'^' * len(target)}",
        "    hint: take it out",
    ]
    assert all(value.override is None for value in found.values)


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO docs (id, title, tags) VALUES (1, :title, '{}')",
        "UPDATE docs SET title = upper(:title)",
        "SELECT 1 AS one WHERE :title::posint > 1",
    ],
)
def test_null_for_a_column_that_refuses_it_is_warned_of(describer: Describer, sql: str) -> None:
    found = good(describer, "@null :title", sql, "q(title)!" if "SELECT" not in sql else "q(title)")
    assert parameter(found, "title").nullable
    (warning,) = found.warnings
    assert warning.message == "'@null :title': the column or domain that it goes to refuses NULL (23502)"
    assert warning.level == "warning"


ERRORS = [
    ("@notnull totl", "'@notnull totl' names no column", "did you mean 'total'?"),
    ("@notnull Total", "'@notnull Total' names no column", "did you mean 'total'?"),
    ("@notnull status", "'@notnull status' names no column", "did you mean ':status'?"),
    ("@notnull x9", "'@notnull x9' names no column", "there are: :status, total, note, tags, metas, mood, home, price"),
    ("@notnull total[]", "'@notnull total[]': total is bigint, no array", "write @notnull total"),
    ("@notnull :status[]", "'@notnull :status[]': status is text, no array", "write @notnull :status"),
    ("@notnull metas[]", "'@notnull metas[]': the elements are jsonb, whose null is a value", "write what they are: @type metas list[…]"),
    ("@type note str | None", "'@type note': @type is of what isn't NULL", "take None out, and write @null note if it isn't told already"),
    ("@type total str", "'@type total': bigint is never read as str", "without @type it is int"),
    ("@type note int", "'@type note': text is never read as int", "without @type it is str"),
    ("@type note bytes", "'@type note': text is never read as bytes", "without @type it is str"),
    ("@type note list[str]", "'@type note': text is never read as list[str]", "without @type it is str"),
    ("@type tags str", "'@type tags': text[] is never read as str", "without @type it is list[str | None]"),
    ("@type tags dict[str, int]", "'@type tags': text[] is never read as dict[str, int]", "without @type it is list[str | None]"),
    ("@type mood int", "'@type mood': mood is never read as int", "without @type it is Mood"),
    ("@type price str", "'@type price': numeric is never read as str", "without @type it is Decimal"),
    ("@type :status int", "'@type :status': text takes no int", "without @type it is str"),
    ("@type tags list[str]\n@notnull tags[]", "'@notnull tags[]' and '@type tags' both say what the elements are", "take this one out"),
    ("@notnull tags[]\n@type tags list[str]", "'@type tags' says what the elements are, and so does '@notnull tags[]'", "take that out"),
]  # fmt: skip


@pytest.mark.parametrize(("directive", "message", "hint"), ERRORS)
def test_what_can_not_be_is_refused(describer: Describer, directive: str, message: str, hint: str) -> None:
    sql = "SELECT id AS total, note, tags, metas, mood, home, price FROM docs WHERE note = :status"
    found = describer.describe(query(directive, sql, "q(status)"))
    assert found.problem is not None
    assert (found.problem.message, found.problem.hint) == (message, hint)
    assert (found.parameters, found.columns) == ((), ())
    line = found.problem.source
    assert found.problem.line == 1 + len(directive.split("\n"))
    assert line[found.problem.column - 1 :].split()[0] == directive.split("\n")[-1].split()[1]


def test_all_wrong_names_are_told_at_once(describer: Describer) -> None:
    found = describer.describe(query("@notnull a1, b1\n@null note\n@type c1 int", "SELECT note FROM docs"))
    assert found.problem is not None
    assert [problem.message for problem in (found.problem, *found.warnings)] == [
        "'@notnull a1' names no column",
        "'@notnull b1' names no column",
        "'@null note': it is nullable already",
        "'@type c1' names no column",
    ]


def test_a_type_is_looked_for_where_the_project_lies(database: str, tmp_path: Path) -> None:
    (tmp_path / "kept_types.py").write_text("class Metadata:\n    class Inner:\n        pass\nraise SystemExit\n")
    with psycopg.connect(database, autocommit=True) as conn:
        describer = Describer(conn, folders=[tmp_path])
        found = good(describer, "@type meta kept_types.Metadata.Inner", "SELECT meta FROM docs")
        (annotation,) = [c.annotation for c in found.columns if c.annotation]
        assert [(name.text, name.module) for name in annotation.names] == [
            ("kept_types.Metadata.Inner", "kept_types"),
        ]
        problem = describer.describe(query("@type meta kept_types.Metadta", "SELECT meta FROM docs")).problem
        assert problem is not None
        assert problem.message == (
            "'@type meta' names 'kept_types.Metadta', but kept_types has no 'Metadta'; did you mean kept_types.Metadata?"
        )
        problem = describer.describe(query("@type meta nowhere.Metadata", "SELECT meta FROM docs")).problem
        assert problem is not None
        assert "there is no module 'nowhere'" in problem.message


def test_the_report_says_which_directive_it_was(describer: Describer) -> None:
    sql = "SELECT note, title, tags, meta, size FROM docs WHERE title = :a AND id = :b"
    found = good(
        describer, "@notnull note\n@null title, :a\n@notnull tags[]\n@type meta dict[str, int]", sql, "q(a, b)"
    )

    class Empty:
        problems: tuple[Problem, ...] = ()

    entry = report(Empty(), [found])["queries"]["q.q"]
    assert exit_code(Empty(), [found]) == 0
    assert [(c["name"], c["py_type"], c["nullable"], c.get("override")) for c in entry["columns"]] == [
        ("note", "str", False, "notnull"),
        ("title", "str", True, "null"),
        ("tags", "list[str]", False, "type"),
        ("meta", "dict[str, int]", True, "type"),
        ("size", "int", True, None),
    ]
    assert [(p["name"], p["nullable"], p.get("override")) for p in entry["params"]] == [
        ("a", True, "null"),
        ("b", False, None),
    ]
    assert "override" not in entry["columns"][4]


def test_describe_prints_overrides_in_the_table_and_the_json(project: Project) -> None:
    project.write(
        "queries/users.sql",
        "-- name: q(email)\n-- @notnull nickname, tags[]\n-- @null :email\n-- @type email app.mail.Address\nSELECT nickname, email, tags FROM users WHERE email = :email;\n",
    )
    cells = [[cell.strip() for cell in line.split("│")] for line in project.run("describe").stdout.splitlines()]
    assert [row[2:5:2] for row in cells if row[1:2] == ["column"]] == [
        ["nickname", "str"],
        ["email", "app.mail.Address (@type)"],
        ["tags", "list[str] (@type)"],
    ]
    assert [row[5] for row in cells if row[1:2] in (["param"], ["column"])] == [
        "yes (@null)",
        "no (@notnull)",
        "no",
        "no",
    ]
    entry = json.loads(project.run("describe", "--json").stdout)["queries"]["users.q"]
    assert [item.get("override") for item in (*entry["params"], *entry["columns"])] == [
        "null",
        "notnull",
        "type",
        "type",
    ]


def test_stock_aiosql_reads_a_file_with_overrides(tmp_path: Path) -> None:
    import aiosql

    (tmp_path / "q.sql").write_text("-- name: q(x)\n-- @notnull :x, total\n-- @type total int\nSELECT :x AS total;\n")
    assert load_catalog(tmp_path, root=tmp_path).problems == ()
    assert aiosql.from_path(tmp_path / "q.sql", "psycopg").q.sql == "SELECT %(x)s AS total;"
