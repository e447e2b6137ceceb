"""A project with types of its own: one module of classes, names for domains, [tool.plainsql.types]."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest

from plainsql import ParameterError, load, migrations
from plainsql.aio.loading import load as load_async
from tests.fixtures.projects import Project
from tests.test_typing import PYRIGHT, mypy, pyright

MIGRATION = """
CREATE TYPE geo AS (lat float8, lon float8);
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN email AS text CHECK (value ~ '@');
CREATE DOMAIN tags AS text[];
CREATE TYPE address AS (street text, at geo, mood mood, "from" date, list text, prices money[], during int4range);
CREATE DOMAIN home AS address;
CREATE TYPE hiding AS (wire text, str text, dt date, delimiter box[], oid int, "Money" money, show money, "Any" jsonb);
CREATE TABLE places (
    id bigint PRIMARY KEY, email email NOT NULL, tags tags NOT NULL, home home NOT NULL, price money, former address[]
);
"""
PLACES = """\
-- name: get_place(id)^
SELECT id, email, tags, home, price, former FROM places WHERE id = :id;

-- name: add_place(id, email, tags, home, price, former)!
INSERT INTO places VALUES (:id, :email, :tags, :home, :price, :former);

-- name: add_places(id, email, tags, home)*!
INSERT INTO places VALUES (:id, :email, :tags, :home);
"""
MORE = """\
-- name: homes
SELECT home, (home).at, former FROM places ORDER BY id;

-- name: hidden(hiding)$
SELECT :hiding::hiding;

-- name: whole_place()$
SELECT places FROM places LIMIT 1;
"""
MONEY = """
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Money:
    cents: int

    @classmethod
    def parse(cls, text: str) -> Money:
        return cls(int(text.strip("$").replace(".", "").replace(",", "")))


def show(money: Money) -> str:
    return f"{money.cents / 100:.2f}"
"""
SETTINGS = """
[tool.plainsql.types]
money = { python = "app.money.Money", load = "app.money.Money.parse", dump = "app.money.show" }
"""
CALLS = """\
from __future__ import annotations

import datetime as dt
import os

import psycopg
from psycopg.types.range import Range

from app.money import Money
from app.queries import more, places
from app.queries.types import Address, Geo, Hiding

home = Address("a, b", Geo(1.5, None), "sad", dt.date(2026, 1, 1), "x", [Money(150), None], Range(1, 5))
with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as conn:
    places.add_place(conn, id=1, email="a@b", tags=["x", None], home=home, price=Money(5), former=[home, None])
    places.add_places(conn, [{"id": 2, "email": "b@c", "tags": (), "home": home}])
    found = places.get_place(conn, id=1)
    assert found is not None
    assert (found.home, found.price, found.former) == (home, Money(5), [home, None])
    email: str = found.email
    street: str | None = found.home.street
    first = more.homes(conn)[0]
    assert (first.home, first.at) == (home, Geo(1.5, None))
    places.add_place(conn, id=3, email=email, tags=found.tags, home=first.home, price=None, former=None)
    hiding = Hiding("a", "b", dt.date(2026, 1, 1), ["(1,1),(0,0)"], 5, Money(1), Money(2), [{}])
    assert more.hidden(conn, hiding=hiding) == hiding
    whole = more.whole_place(conn)
    assert (whole.email, whole.home, whole.price) == ("a@b", home, Money(5))
"""
WRONG = """\
from __future__ import annotations

import psycopg
from psycopg.types.range import Range

from app.money import Money
from app.queries import places
from app.queries.types import Address, Geo


def wrong(conn: psycopg.Connection[object], home: Address) -> None:
    places.add_place(conn, id=1, email=5, tags=[], home=home, price=None, former=None)
    places.add_place(conn, id=1, email="", tags=[], home=Geo(1, 2), price=None, former=None)
    places.add_place(conn, id=1, email="", tags=[], home=home, price=5, former=None)
    places.add_place(conn, id=1, email="", tags=[], home=home, price=Money(1), former=["x"])
    Address("a", None, "angry", None, None, None, None)
    Address("a", None, "sad", None, None, None, Range("a", "b"))
    len(home.street)
    home.street = "b"
"""


@pytest.fixture
def made(project: Project) -> Project:
    for path in ("migrations/0001.users.sql", "migrations/0001.users.rollback.sql", "queries/users.sql"):
        (project.root / path).unlink()
    project.write("migrations/0001.places.sql", MIGRATION)
    project.write("migrations/0001.places.rollback.sql", "DROP TABLE places;")
    project.write("queries/places.sql", PLACES)
    project.write("queries/more.sql", MORE)
    project.write("app/money.py", MONEY)
    project.write("pyproject.toml", project.read("pyproject.toml") + SETTINGS)
    return project


@pytest.mark.parametrize("rows", ["struct", "dataclass"])
def test_objects_go_from_one_query_to_another(made: Project, empty_database: str, rows: str) -> None:
    made.replace("pyproject.toml", "[tool.plainsql]", f'[tool.plainsql]\nrows = "{rows}"')
    made.run("generate")
    made.run("check")
    migrations.apply(empty_database, made.root / "migrations")
    made.python(CALLS, DATABASE_URL=empty_database)
    assert ("@dataclass(frozen=True, slots=True)\nclass Address:" in made.read("app/queries/types.py")) is (
        rows == "dataclass"
    )


@pytest.mark.parametrize("checker", [mypy, pyright])
@pytest.mark.parametrize("rows", ["struct", "dataclass"])
def test_generated_types_and_right_calls_pass_and_wrong_ones_fail(
    made: Project, checker: Callable[..., set[tuple[str, int]]], rows: str
) -> None:
    made.replace("pyproject.toml", "[tool.plainsql]", f'{PYRIGHT}\n[tool.plainsql]\nrows = "{rows}"')
    made.run("generate")
    made.write("calls.py", CALLS)
    made.write("wrong.py", WRONG)
    assert checker(made, "app", "calls.py") == set()
    first = 1 + next(n for n, line in enumerate(WRONG.splitlines(), 1) if line.startswith("def wrong"))
    assert checker(made, "wrong.py") == {("wrong.py", line) for line in range(first, len(WRONG.splitlines()) + 1)}


def test_a_domain_has_its_name_in_each_module_that_uses_it(made: Project) -> None:
    made.run("generate")
    text = made.read("app/queries/places.py")
    assert "Email: TypeAlias = str\nHome: TypeAlias = Address\nTags: TypeAlias = list[str | None]\n" in text
    assert "    email: Email,\n    tags: Sequence[str | None],\n    home: Home,\n" in text
    twin = made.read("app/queries/aio/places.py")
    assert "from app.queries.types import Address\n" in twin
    for name in ("AddPlacesParams", "Email", "GetPlaceRow", "Home"):
        assert name in twin.partition("async def")[0]
    assert "Tags" not in twin


def test_nothing_is_written_twice_and_a_change_of_the_settings_counts(made: Project) -> None:
    assert "types.py" in made.run("generate").stdout
    assert "up to date" in made.run("generate").stdout
    made.replace("pyproject.toml", "app.money.show", "str")
    assert "settings changed" in made.run("check", code=1).stderr
    assert "types.py" in made.run("generate").stdout
    made.run("check")


def test_a_missing_or_edited_module_of_types_is_told_and_mended(made: Project) -> None:
    made.run("generate")
    text = made.read("app/queries/types.py")
    made.replace("app/queries/types.py", "lat: float | None", "lat: float")
    said = made.run("check", code=1).stderr
    assert "app/queries/types.py:" in said
    assert "this generated module was edited" in said
    assert "lat: float" in said
    made.run("generate")
    assert made.read("app/queries/types.py") == text
    (made.root / "app/queries/types.py").unlink()
    assert "the module of the composite types does not exist" in made.run("check", code=1).stderr
    made.run("generate")
    assert made.read("app/queries/types.py") == text


def test_a_changed_composite_type_is_told_by_check(made: Project) -> None:
    made.run("generate")
    made.replace("migrations/0001.places.sql", "lon float8", "lon float8, height real")
    said = made.run("check", code=1).stderr
    assert "app/queries/types.py:" in said
    assert "the composite types of the database, or the settings, are others than this module says" in said
    made.run("generate")
    assert "height: float | None" in made.read("app/queries/types.py")


def test_a_file_with_a_fault_keeps_the_classes_that_its_module_takes(made: Project) -> None:
    made.run("generate")
    made.write("queries/more.sql", "-- name: homes\nSELCT 1;\n")
    made.write("queries/places.sql", "-- name: count_places()$\nSELECT count(*) AS places FROM places;\n")
    made.run("generate", code=1)
    made.python("from app.queries import more; print(more.HomesRow, more.WHOLE_PLACE)")
    made.write("queries/more.sql", "-- name: one()$\nSELECT 1 AS one;\n")
    said = made.run("generate").stdout
    assert "removed app/queries/types.py" in said
    made.python("from app.queries import more, places; more.one, places.count_places")
    assert "types" not in made.read("app/queries/__init__.py")


def test_a_query_file_named_types_gives_way(made: Project) -> None:
    made.write("queries/types.sql", "-- name: one()$\nSELECT 1 AS one;\n")
    said = made.run("generate", code=1).stderr
    assert "queries/types.sql:1:1: error: the composite types of the database have their classes in" in said
    assert not (made.root / "app/queries/types.py").exists()


def test_without_composite_types_any_file_may_be_named_types(project: Project) -> None:
    project.write("queries/types.sql", "-- name: one()$\nSELECT 1 AS one;\n")
    project.run("generate")
    project.run("check")
    project.python("from app.queries import types; types.one")


def test_names_that_would_stand_twice_are_told(made: Project) -> None:
    types = 'CREATE TYPE "Places" AS (a int);\nCREATE TYPE get_it_row AS (a int);\n'
    made.replace("migrations/0001.places.sql", "CREATE TABLE", f"{types}CREATE TABLE")
    made.write("queries/rows.sql", "-- name: get_it\nSELECT '(1)'::get_it_row AS one, '(1)'::\"Places\" AS two;\n")
    said = made.run("generate", code=1).stderr
    assert "the composite type get_it_row and the rows of query get_it would both be GetItRow" in said
    assert 'the composite type "Places" and the composite type places would both be Places' in said


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ('monye = "str"', "'monye' in [tool.plainsql.types]: the database has no such type; did you mean 'money'?"),
        ('"other.money" = "str"', "'other.money' in [tool.plainsql.types]: the database has no such type; "),
        ('"mo ney(" = "str"', "'mo ney(' in [tool.plainsql.types]"),
        (
            'money = "str"\n"pg_catalog.money" = "str"',
            "'pg_catalog.money' in [tool.plainsql.types] is the same type as",
        ),
        ('money = {python = "app.monye.Money"}', "python names 'app.monye.Money', but app has no 'monye'"),
        ('money = {python = "nowhere.Money"}', "python names 'nowhere.Money', but there is no module 'nowhere'"),
        ('money = {python = "app.money.Monye"}', "app.money has no 'Monye'; did you mean app.money.Money?"),
        ('money = {python = "app.money"}', "python names 'app.money', which is a module: write what to take from it"),
        ('money = {python = "Money"}', "python names 'Money', which is not built in: write its module before it"),
        ('money = {python = "app.money.Money", load = "app.money.lode", dump = "str"}', "app.money has no 'lode'"),
    ],
)
def test_a_setting_that_leads_nowhere_is_told(made: Project, setting: str, message: str) -> None:
    settings = made.read("pyproject.toml").partition("[tool.plainsql.types]")[0]
    made.write("pyproject.toml", f"{settings}[tool.plainsql.types]\n{setting}\n")
    said = " ".join(made.run("generate", code=2).stderr.split())
    assert "pyproject.toml" in said
    assert " ".join(message.split()) in said


@pytest.mark.parametrize(
    "name",
    ["decimal.Decimal", "psycopg.types.range.Range", "enum.IntEnum", "app.money.dataclass", "app.Made", "str.upper"],
)
def test_whatever_can_be_imported_can_be_named(made: Project, name: str) -> None:
    made.write("app/__init__.py", "if True:\n    class Made: ...\n")
    settings = made.read("pyproject.toml").partition("[tool.plainsql.types]")[0]
    made.write("pyproject.toml", f'{settings}[tool.plainsql.types]\nmoney = {{ python = "{name}" }}\n')
    made.run("generate")
    made.python("import app.queries.places")


def test_text_can_be_asked_for(made: Project) -> None:
    settings = made.read("pyproject.toml").partition("[tool.plainsql.types]")[0]
    made.write("pyproject.toml", f'{settings}[tool.plainsql.types]\nmood = "str"\nemail = "str"\nfloat8 = "str"\n')
    made.run("generate")
    text = made.read("app/queries/types.py")
    assert "    mood: str | None\n" in text
    assert "    lat: str | None\n" in text
    assert "    email: str\n" in made.read("app/queries/places.py")


def test_describe_tells_base_type_and_domain(made: Project) -> None:
    said = made.run("describe", "--json").stdout
    assert '"pg_type": "text",\n          "domain": "email",\n          "py_type": "str"' in said
    assert '"pg_type": "money",\n          "domain": null,\n          "py_type": "Money"' in said
    assert '"pg_type": "address",\n          "domain": "home",\n          "py_type": "Address"' in said


async def test_loaded_queries_have_the_same_types(
    made: Project, empty_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(made.root))
    migrations.apply(empty_database, made.root / "migrations")
    with psycopg.connect(empty_database, autocommit=True) as conn:
        conn.execute("INSERT INTO places VALUES (1, 'a@b', '{x}', '(a,\"(1,2)\",sad,,,{$1.50},\"[1,5)\")', '$2.00')")
        queries = load(made.root / "queries")
        row = queries.places.get_place(conn, id=1)
        assert (row.home.street, row.home.at.lat, row.home.prices[0].cents, row.price.cents) == ("a", 1.0, 150, 200)
        new = {"id": 2, "email": "b@c", "tags": ["y"], "home": row.home, "price": row.price, "former": [row.home]}
        assert queries.places.add_place(conn, **new) == 1
        assert [found.home for found in queries.more.homes(conn)] == [row.home, row.home]
        with pytest.raises(ParameterError, match="parameter 'home' takes an Address, found a str"):
            queries.places.add_place(conn, **{**new, "home": "x"})
    async with await psycopg.AsyncConnection.connect(empty_database, autocommit=True) as aconn:
        found = await load_async(made.root / "queries").places.get_place(aconn, id=2)
        assert (found.home, found.price, found.former) == (row.home, row.price, [row.home])
