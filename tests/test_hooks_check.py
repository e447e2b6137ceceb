"""What `plainsql check` and `generate` refuse about hooks, read from their source: nothing of it is imported."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.fixtures.hooks import AIO_HOOKS, HOOKS, SETTINGS
from tests.fixtures.projects import Project
from tests.test_generate import _end, _read_until, _watch

QUERY = """
-- name: probe(a, b)^
{}
SELECT id, :a::int AS a, :b::int AS b FROM users WHERE id = 1;
"""

IMPORT_TIME_BOMB = 'raise RuntimeError("a hooks module was imported")\n'


@pytest.fixture
def probe(hooked_project: Project) -> Callable[..., str]:
    """Checks one more query with the directives given, after adding source to the hooks modules."""
    sources = {"app/hooks.py": hooked_project.read("app/hooks.py"), "app/aio/hooks.py": AIO_HOOKS}

    def run(directives: str, hooks: str = "", aio: str = "", code: int = 1) -> str:
        lines = "\n".join(f"-- {line}" for line in directives.split("\n"))
        hooked_project.write("queries/probes.sql", QUERY.format(lines).lstrip())
        (hooked_project.root / "app/hooks.py").write_text(sources["app/hooks.py"] + hooks + IMPORT_TIME_BOMB)
        (hooked_project.root / "app/aio/hooks.py").write_text(sources["app/aio/hooks.py"] + aio + IMPORT_TIME_BOMB)
        done = hooked_project.run("generate", code=code)
        return said(done)

    return run


def said(done: subprocess.CompletedProcess[str]) -> str:
    """Return all that a command printed."""
    return done.stdout + done.stderr


def faults(output: str) -> list[tuple[str, str]]:
    """Return place and message of every fault of the probe, of errors and warnings alike."""
    return re.findall(r"^queries/probes\.sql:(\d+:\d+): \w+: (.*)$", output, re.MULTILINE)


@pytest.mark.parametrize(
    ("directive", "hooks", "place", "message", "hint"),
    [
        (
            "@before hash_pasword(password -> a)",
            "",
            "2:12",
            "unknown hook 'hash_pasword': app.hooks has no such function",
            "did you mean 'hash_password'?",
        ),
        ("@after drop_session", "", "2:11", "unknown hook 'drop_session': app.hooks has no such function", "did you m"),
        (
            "@before zzz(a)",
            "",
            "2:12",
            "unknown hook 'zzz': app.hooks has no such function",
            "write def zzz(…) in app/h",
        ),
        ("@before Bounds(a)", "", "2:12", "'Bounds' in app.hooks is a class", "write def Bounds(…) with its types"),
        ("@before U(a)", "", "2:12", "'U' in app.hooks is no def", "write def U(…) with its types"),
        (
            "@before hash_password(a, b -> a)",
            "",
            "2:12",
            "hook hash_password(password) does not take b",
            "give it as many as it takes",
        ),
        (
            "@before two(a -> a)",
            "def two(a: int, b: int) -> int: ...",
            "2:12",
            "hook two(a, b) is not given b",
            "write what it is given, in its order",
        ),
        (
            "@before two(b, a -> a)",
            "def two(a: int, b: int) -> int: ...",
            "2:12",
            "hook two(a, b) takes b in another place than it is given it",
            "put the names in the order of the function",
        ),
        (
            "@before named(a -> a)",
            "def named(a: int, *, key: str) -> int: ...",
            "2:12",
            "hook named(a, *, key) is not given key",
            "write what it is given, in its order",
        ),
        (
            "@before check_nickname(a -> a)",
            "",
            "2:32",
            "hook 'check_nickname' returns None, so there is nothing for 'a'",
            "write @before check_nickname(a)",
        ),
        (
            "@before hash_password(password)",
            "",
            "2:26",
            "'password' is no parameter of the SQL, and what hash_password returns has to go to one",
            "say to which: @before hash_password(password -> …)",
        ),
        (
            "@before bare(a)",
            "def bare(a) -> int: ...",
            "2:12",
            "parameter 'a' of hook 'bare' has no type",
            r"annotate it: app/hooks\.py:\d+",
        ),
        (
            "@before silent(a)",
            "def silent(a: int): ...",
            "2:12",
            "hook 'silent' doesn't say what it returns",
            r"annotate it: app/hooks\.py:\d+",
        ),
        (
            "@before generic(a)",
            "def generic(a: Undefined) -> int: ...",
            "2:12",
            "parameter 'a' of hook 'generic': 'Undefined' is no type that another module could import",
            "define or import it at the top of app/hooks.py",
        ),
        (
            "@before later(a)",
            "async def later(a: int) -> int: ...",
            "2:12",
            "hook 'later' is async, and sync functions call it",
            "write it as a def",
        ),
        (
            "@after hash_password",
            "",
            "2:11",
            "a hook after the statement is given the transaction and the rows; this one takes (password)",
            r"write def hash_password\(tx: Transaction, rows: Sequence\[…\]\) -> None: app/hooks\.py:\d+",
        ),
        (
            "@after alone",
            "def alone(tx: Transaction, rows: Sequence[object]) -> None: ...",
            "2:11",
            "hook 'alone' has no async twin: it gets a transaction, and those differ",
            r"write async def alone\(tx, rows\) in app\.aio\.hooks",
        ),
        (
            "@before hash_password(password -> c)",
            "",
            "2:38",
            "'c' is no parameter of the SQL",
            "there are: a, b",
        ),
    ],
)
def test_a_hook_that_does_not_fit_is_refused_where_it_is_named(
    directive: str, hooks: str, place: str, message: str, hint: str, probe: Callable[..., str]
) -> None:
    output = probe(directive, f"\n\n{hooks}\n")
    assert faults(output) == [(place, message)]
    assert re.search(rf"hint: {hint if '|' in hint or chr(92) in hint else re.escape(hint)}", output), output


def test_a_result_that_the_next_hook_replaces_unread_is_refused(probe: Callable[..., str]) -> None:
    hooks = "def tidy(a: int) -> int:\n    return a\ndef made(c: int) -> int:\n    return c\n"
    told = faults(probe("@before tidy(a)\n@before made(c -> a)", hooks))
    assert told == [("3:22", "'a' is made by tidy already, whose result nobody would read")]


@pytest.mark.parametrize(
    ("twin", "message"),
    [
        (
            "def twin(tx: Transaction, rows: Sequence[object]) -> None: ...",
            "hook 'twin' is no async def there: it gets a transaction, and those differ",
        ),
        (
            "async def twin(tx: Transaction, users: Sequence[object]) -> None: ...",
            "hook 'twin' and its async twin differ: one takes (tx, rows), the other (tx, users)",
        ),
        (
            "async def twin(tx: Transaction, rows: Sequence[object]) -> list[object]: ...",
            "hook 'twin' and its async twin differ: one returns None, the other list[object]",
        ),
    ],
)
def test_twins_that_differ_are_refused(twin: str, message: str, probe: Callable[..., str]) -> None:
    hook = "\n\ndef twin(tx: Transaction, rows: Sequence[object]) -> None: ...\n"
    assert faults(probe("@after twin", hook, f"\n\n{twin}\n")) == [("2:11", message)]


def test_what_the_async_hooks_only_import_is_no_twin(probe: Callable[..., str], hooked_project: Project) -> None:
    imported = "\n\nfrom app.hooks import drop_sessions as drop_all, keep\n"
    assert faults(probe("@before keep(a)", aio=imported, code=0)) == []
    assert "    from app import hooks\n" in hooked_project.read("app/queries/aio/probes.py")


def test_a_hook_that_fits_passes_and_nothing_is_imported(probe: Callable[..., str]) -> None:
    assert faults(probe("@before keep(a)\n@after log_access", code=0)) == []


def test_a_hook_may_be_imported_from_elsewhere_in_the_project(
    probe: Callable[..., str], hooked_project: Project
) -> None:
    hooked_project.write("app/checks/__init__.py", "from .numbers import positive as positive\n")
    hooked_project.write(
        "app/checks/numbers.py",
        """
        from typing import NewType

        Price = NewType("Price", int)


        def positive(a: Price) -> int: ...
        """,
    )
    assert (
        faults(probe("@before positive(price -> a)", "\nfrom app.checks import positive as positive\n", code=0)) == []
    )
    assert "price: app.checks.numbers.Price" in hooked_project.read("app/queries/probes.py")
    hidden = "\nfrom app.checks import positive\n"
    (fault,) = faults(probe("@before positive(a)", hidden))
    assert fault == ("2:12", "type checkers don't see 'positive' in app.hooks, which only imports it")
    assert faults(probe("@before positive(a)", f'{hidden}__all__ = ["positive"]\n', code=0)) == []
    assert faults(probe("@before positive(a)", "\nfrom app.checks.numbers import *\n", code=0)) == []


def test_a_project_without_a_hooks_module_is_told_what_to_set(hooked_project: Project) -> None:
    hooked_project.write("pyproject.toml", SETTINGS.replace('hooks = "app.hooks"\n', ""))
    done = hooked_project.run("check", code=1)
    assert "queries/users.sql:5:12: error: the project names no module of hooks, and 'validate_email' is one" in said(
        done
    )
    assert 'hint: set hooks = "app.hooks" under [tool.plainsql] in pyproject.toml' in said(done)


@pytest.mark.parametrize(
    ("module", "message"),
    [
        ("app.hoks", "hook 'validate_email' can't be read: there is no module app.hoks"),
        ("app.queries_", "hook 'validate_email' can't be read: there is no module app.queries_"),
    ],
)
def test_a_hooks_module_that_is_not_there_is_told(module: str, message: str, hooked_project: Project) -> None:
    hooked_project.write("pyproject.toml", SETTINGS.replace("app.hooks", module))
    assert message in said(hooked_project.run("check", code=1))


def test_a_hooks_module_with_a_syntax_error_is_told_with_its_line(hooked_project: Project) -> None:
    hooked_project.write("app/hooks.py", "x = 1\ndef f(:\n")
    assert "hook 'validate_email' can't be read: line 2 of hooks.py: invalid syntax" in said(
        hooked_project.run("check", code=1)
    )


def test_a_setting_that_is_no_module_name_is_refused(hooked_project: Project) -> None:
    hooked_project.write("pyproject.toml", SETTINGS.replace("app.hooks", "app/hooks.py"))
    assert "hooks must be a dotted Python name, found 'app/hooks.py'" in hooked_project.run("check", code=2).stderr


def test_the_async_module_can_be_another_one(hooked_project: Project) -> None:
    hooked_project.write("pyproject.toml", SETTINGS + 'aio_hooks = "app.async_hooks"\n')
    (hooked_project.root / "app/aio/hooks.py").rename(hooked_project.root / "app/async_hooks.py")
    hooked_project.run("generate")
    assert "    from app import async_hooks\n" in hooked_project.read("app/queries/aio/users.py")


def test_hooks_that_nobody_names_are_warned_of(hooked_project: Project) -> None:
    hooked_project.run("generate")
    more = "\n\ndef forgotten(x: int) -> int: ...\n\n\ndef _own(x: int) -> int: ...\n\n\ndef shared() -> int: ...\n"
    hooked_project.write("app/hooks.py", HOOKS + more)
    hooked_project.write("app/aio/hooks.py", f"{AIO_HOOKS}\n\nfrom app.hooks import shared\n")
    done = hooked_project.run("check")
    assert re.findall(r"^(\S+): warning: (.*)$", said(done), re.MULTILINE) == [
        (f"app/hooks.py:{HOOKS.count(chr(10)) + 3}:1", "no query names the hook 'forgotten'")
    ]


RECURSIVE = """
-- name: drop_two(user_ids)
-- @after again
DELETE FROM sessions WHERE user_id = ANY(:user_ids) RETURNING id;
"""


@pytest.mark.parametrize(
    ("body", "is_found"),
    [
        ("users.delete_users(tx, user_ids=[1])", True),
        ("_help(tx)", True),
        ("from app.queries.users import delete_users as gone\n    gone(tx, user_ids=[1])", True),
        (
            "import app.queries.users\n    for run in [app.queries.users.delete_users]:\n        run(tx, user_ids=[1])",
            True,
        ),
        ("helpers.help_out(tx)", True),
        ("tx.after_commit(lambda: users.delete_users(tx, user_ids=[1]))", False),
        ("users.list_users(tx)", False),
        ("pass", False),
    ],
)
def test_hooks_that_come_back_to_their_query_are_found_in_the_source(
    body: str, is_found: bool, hooked_project: Project
) -> None:
    hooked_project.write("queries/sessions.sql", hooked_project.read("queries/sessions.sql") + RECURSIVE)
    hooked_project.replace("app/hooks.py", "    sessions.drop_sessions(", "    sessions.drop_two(")
    hooked_project.write("app/helpers.py", "from app import hooks\n\ndef help_out(tx): hooks._help(tx)\n")
    hooked_project.write(
        "app/hooks.py",
        f"{hooked_project.read('app/hooks.py')}\n\nfrom app import helpers\n\n\n"
        f"def again(tx: Transaction, rows: Sequence[object]) -> None:\n    {body}\n\n\n"
        "def _help(tx: Transaction) -> None:\n    users.delete_users(tx, user_ids=[1])\n",
    )
    aio = f"{AIO_HOOKS}\n\nasync def again(tx: Transaction, rows: Sequence[object]) -> None: ...\n"
    hooked_project.write("app/aio/hooks.py", aio)
    done = hooked_project.run("generate", code=1 if is_found else 0)
    errors = re.findall(r"^(\S+): error: (.*)$", said(done), re.MULTILINE)
    assert errors == (
        [
            (
                "queries/sessions.sql:11:11",
                "the hooks of sessions.drop_two never end: sessions.drop_two → again → users.delete_users → "
                "drop_sessions → sessions.drop_two",
            ),
            (
                "queries/users.sql:38:11",
                "the hooks of users.delete_users never end: users.delete_users → drop_sessions → sessions.drop_two → "
                "again → users.delete_users",
            ),
        ]
        if is_found
        else []
    )


def test_recursion_of_the_async_twins_alone_is_found_too(hooked_project: Project) -> None:
    hooked_project.replace(
        "app/aio/hooks.py",
        "    await sessions.log_access(",
        "    await users_aio.list_users(tx)\n    await sessions.log_access(",
    )
    hooked_project.replace(
        "app/aio/hooks.py", "import sessions\n", "import sessions\nfrom app.queries.aio import users as users_aio\n"
    )
    done = hooked_project.run("generate", code=1)
    assert "users.list_users → log_access → users.list_users" in said(done)


def test_a_changed_signature_of_a_hook_makes_modules_stale_and_a_changed_body_does_not(
    hooked_project: Project,
) -> None:
    hooked_project.run("generate")
    assert "up to date" in hooked_project.run("generate").stdout
    hooked_project.replace("app/hooks.py", "hash of", "HASH OF")
    assert "up to date" in hooked_project.run("generate").stdout
    hooked_project.run("check")
    hooked_project.replace("app/hooks.py", "password: str", "password: bytes")
    done = hooked_project.run("check", code=1)
    assert "parameter password: app/queries/users.py says str, its hook says bytes" in said(done)
    assert "wrote app/queries/users.py" in hooked_project.run("generate").stdout
    hooked_project.run("check")
    hooked_project.replace("app/hooks.py", "@slow\n", "")
    assert "wrote app/queries/aio/users.py" in hooked_project.run("generate").stdout
    assert "run_slow" not in hooked_project.read("app/queries/aio/users.py")


def test_a_run_without_changes_imports_no_driver_and_no_parser(hooked_project: Project) -> None:
    hooked_project.run("generate")
    done = hooked_project.python(
        """
        import sys
        from plainsql.cli import main
        sys.argv = ["plainsql", "generate"]
        try:
            main()
        except SystemExit:
            print(sorted({"psycopg", "postgast", "aiosql"} & set(sys.modules)))
        """
    )
    assert "up to date" in done.stdout
    assert done.stdout.endswith("[]\n")


def test_other_modules_than_the_projects_own_have_no_hooks(hooked_project: Project) -> None:
    hooked_project.write("other/things.sql", "-- name: one()$\nSELECT 1 AS one;\n")
    options = ("--queries", "other", "--output", "things", "--package", "things")
    hooked_project.run("generate", *options)
    assert "warning:" not in said(hooked_project.run("check", *options))


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_watch_generates_when_a_hook_is_saved(hooked_project: Project) -> None:
    watcher = _watch(hooked_project)
    try:
        _read_until(watcher, "queries generated")
        hooked_project.replace("app/hooks.py", "password: str", "password: bytes")
        _read_until(watcher, "generated in")
        assert "password: bytes" in hooked_project.read("app/queries/users.py")
    finally:
        _end(watcher)
