"""Generated modules with overrides: what they say, whom they import, and what the type checkers make of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.fixtures.projects import Project
from tests.test_typing import PYRIGHT, mypy, pyright

TYPES = """
from __future__ import annotations

import enum
from typing import NewType, TypedDict

from msgspec import Struct

from app.queries.users import FindUserRow
from app.queries.aio import users as aio_users

Address = NewType("Address", str)


class Profile(Struct, frozen=True):
    theme: str
    size: int = 1


class Option(TypedDict):
    name: str


class Mood(enum.Enum):
    SAD = "sad"
    OK = "ok"
    HAPPY = "happy"


def theme_of(row: FindUserRow) -> str:
    return row.profile.theme + aio_users.find_user.__name__
"""

USERS = """\
-- Users: accounts.

-- name: find_user(email)^
-- The user with this address.
-- @notnull nickname, tags[], profile
-- @null id
-- @type mood app.kept.Mood
-- @type profile app.kept.Profile
-- @type options list[app.kept.Option]
-- @type email app.kept.Address
-- @type code typing.Literal["a", "b"]
SELECT id, email, nickname, mood, tags, profile, options, code
FROM users
WHERE lower(email) = lower(:email);

-- name: create_user(email, nickname, mood, profile, tags, since)<!
-- @type :mood app.kept.Mood
-- @type :profile app.kept.Profile
-- @type :since datetime.date
-- @notnull :nickname, :tags[]
INSERT INTO users (email, nickname, mood, profile, tags, since)
VALUES (:email, :nickname, :mood, :profile, :tags, :since)
RETURNING id;

-- name: oldest_profile()$
-- @type profile app.kept.Profile | None
-- @notnull profile
SELECT profile FROM users ORDER BY id LIMIT 1;

-- name: newest_options()$
-- @type options dict[str, int] | None
SELECT options FROM users ORDER BY id DESC LIMIT 1;

-- name: add_users(email, profile)*!
-- @type :profile app.kept.Profile
-- @notnull :profile
INSERT INTO users (email, profile) VALUES (:email, :profile);
"""

RIGHT = """
import plainsql
import plainsql.aio
from app.kept import Mood, Profile
from app.queries import users
from app.queries.aio import users as aio_users


def calls(db: plainsql.Database) -> None:
    made = users.create_user(
        db, email="a", nickname="a", mood=Mood.OK, profile=Profile("dark"), tags=["x"], since=None
    )
    row = users.find_user(db, email="a")
    if row is not None:
        print(row.nickname.upper(), row.tags[0].upper(), row.profile.theme, row.code == "a", made.id + 1)
        if row.options:
            print(row.options[0]["name"])
    profile = users.oldest_profile(db)
    print(profile.size if profile else 0)
    users.add_users(db, [{"email": "b", "profile": Profile("light")}])


async def acalls(db: plainsql.aio.Database) -> None:
    row = await aio_users.find_user(db, email="a")
    profile = await aio_users.oldest_profile(db)
    print(row.nickname.upper() if row else "", profile.theme if profile else "")
"""

WRONG = """
import plainsql
from app.kept import Mood, Profile
from app.queries import users


def calls(db: plainsql.Database, profile: Profile) -> None:
    users.create_user(db, email="a", nickname=None, mood=Mood.OK, profile=profile, tags=[], since=None)  # wrong: None
    users.create_user(db, email="a", nickname="", mood="ok", profile=profile, tags=[], since=None)  # wrong: a str
    users.create_user(db, email="a", nickname="", mood=Mood.OK, profile={}, tags=[], since=None)  # wrong: a dict
    users.create_user(db, email="a", nickname="", mood=Mood.OK, profile=profile, tags=[None], since=None)  # wrong: None
    row = users.find_user(db, email="a")
    assert row is not None
    print(row.id + 1)  # wrong: may be None
    print(row.profile.colour)  # wrong: no such member
    print(row.code == row.mood.lower())  # wrong: an enum
    print(users.oldest_profile(db).theme)  # wrong: the null of JSON
    users.add_users(db, [{"email": "b", "profile": None}])  # wrong: None
"""


@pytest.fixture
def kept(project: Project) -> Project:
    """The small project with types of its own, which import the generated modules in their turn."""
    project.replace(
        "migrations/0001.users.sql",
        "born date,",
        "born date, profile jsonb, options jsonb, code text, since text,",
    )
    project.replace("pyproject.toml", "[tool.plainsql]", f"{PYRIGHT}\n[tool.plainsql]")
    project.write("app/kept.py", TYPES)
    project.write("queries/users.sql", USERS)
    project.run("generate")
    return project


def test_a_module_says_what_its_file_says(kept: Project) -> None:
    text = kept.read("app/queries/users.py")
    for line in (
        "    id: int | None",
        "    email: app.kept.Address",
        "    nickname: str",
        "    mood: app.kept.Mood",
        "    tags: list[str]",
        "    profile: app.kept.Profile",
        "    options: list[app.kept.Option] | None",
        '    code: Literal["a", "b"] | None',
        "    Overrides: @notnull nickname, @notnull tags[], @notnull profile, @null id, @type mood",
        '    not_null=("nickname", "tags[]", "profile"),',
        '    not_null=(":nickname", ":tags[]"),',
        "    since: dt.date | None,",
        "    tags: Sequence[str],",
        "def newest_options(conn: Conn, /) -> dict[str, int] | None:",
        "import datetime as dt",
        "from typing import Literal, TypedDict",
    ):
        assert f"\n{line}" in text, line
    assert text.endswith("\n\n\nimport app.kept  # noqa: E402\n")
    assert kept.read("app/queries/aio/users.py").endswith("\n\n\nimport app.kept  # noqa: E402\n")
    kept.run("check")


@pytest.mark.parametrize("first", ["app.kept", "app.queries.users", "app.queries.aio.users", "app.queries.aio"])
def test_types_and_queries_may_import_each_other(kept: Project, first: str) -> None:
    kept.python(f"""
        import {first}
        import typing
        import app.kept, app.queries.users, app.queries.aio.users
        hints = typing.get_type_hints(app.queries.users.FindUserRow)
        assert hints["profile"] is app.kept.Profile, hints
        assert typing.get_type_hints(app.queries.aio.users.create_user)["mood"] is app.kept.Mood
    """)


def test_a_row_can_be_read_back_from_json(kept: Project) -> None:
    """What a cache does: msgspec asks for the types of the row's fields."""
    kept.python("""
        import msgspec
        from app.kept import Mood, Profile
        from app.queries.users import FindUserRow
        row = FindUserRow(1, "a", "b", Mood.OK, ["t"], Profile("dark"), None, "a")
        assert msgspec.json.decode(msgspec.json.encode(row), type=FindUserRow) == row
    """)


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_overridden_code_and_its_callers_pass(kept: Project, checker: Callable[..., set[tuple[str, int]]]) -> None:
    kept.write("right.py", RIGHT)
    assert checker(kept, "app", "right.py") == set()


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_each_call_against_an_override_fails(kept: Project, checker: Callable[..., set[tuple[str, int]]]) -> None:
    kept.write("wrong.py", WRONG)
    lines = kept.read("wrong.py").splitlines()
    wrong = {("wrong.py", number) for number, line in enumerate(lines, start=1) if "# wrong:" in line}
    assert len(wrong) == 9
    assert checker(kept, "wrong.py") == wrong


CLASHES = """\
-- name: app(int)
-- @type :int uuid.UUID
-- @type list list[str]
-- @type uuid app.kept.Profile
-- @type str typing.Literal["int", "list"]
-- @type dt datetime.date
SELECT ARRAY['a'] AS list, '{}'::jsonb AS uuid, 'int' AS str, 'x' AS dt, 1 AS typing FROM users WHERE code = :int;

-- name: profile(app)$
-- @type app app.kept.Profile
-- @type :app app.kept.Profile | None
SELECT :app::jsonb AS app;
"""


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_names_that_hide_a_module_or_a_type_are_spelled_another_way(
    kept: Project, checker: Callable[..., set[tuple[str, int]]]
) -> None:
    kept.write("queries/clashes.sql", CLASHES)
    kept.run("generate")
    text = kept.read("app/queries/clashes.py")
    assert "    list: builtins.list[builtins.str]\n" in text
    assert '    str: Literal["int", "list"]\n' in text
    assert "    uuid: app_kept_.Profile\n" in text
    assert "import app.kept as app_kept_  # noqa: E402\n" in text
    assert checker(kept, "app") == set()
    kept.python("import app.queries.clashes, typing; print(typing.get_type_hints(app.queries.clashes.AppRow))")


def test_changing_only_a_directive_makes_the_modules_stale(kept: Project) -> None:
    kept.replace("queries/users.sql", "-- @notnull nickname, tags[], profile\n", "-- @notnull tags[], profile\n")
    kept.replace("queries/users.sql", "-- @type mood app.kept.Mood\n", "-- @type mood app.kept.Mood\n-- @null tags\n")
    said = kept.run("check", code=1).stderr
    assert "column nickname: app/queries/users.py says str, the database says str | None" in said
    assert "column tags: app/queries/users.py says list[str], the query file says list[str] | None" in said
    kept.run("generate")
    kept.run("check")


def test_a_type_that_is_gone_is_found_by_check(kept: Project) -> None:
    kept.replace("app/kept.py", "class Mood", "class Moods")
    said = kept.run("check", code=1).stderr
    assert "queries/users.sql:7:10: error: '@type mood' names 'app.kept.Mood', but app.kept has no 'Mood'" in said
    assert "did you mean app.kept.Moods?" in said


def test_a_useless_override_is_a_warning_of_check_and_generate(kept: Project) -> None:
    kept.replace("queries/users.sql", "-- @null id\n", "-- @notnull email\n")
    for command in ("generate", "check"):
        said = kept.run(command).stderr
        assert "queries/users.sql:6:13: warning: '@notnull email' is proved already" in said
        assert "hint: take it out" in said
