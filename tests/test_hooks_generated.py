"""Generated functions with hooks: what type checkers say of them and of wrong hooks, and who imports whom first."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.fixtures.hooks import SETTINGS
from tests.fixtures.projects import Project
from tests.test_typing import PYRIGHT, mypy, pyright

MODULES = ("app.hooks", "app.aio.hooks", "app.queries.users", "app.queries.sessions", "app.queries.aio.users")

CALLS = """
import plainsql
import plainsql.aio
from app.hooks import Bounds
from app.queries import users
from app.queries.aio import users as aio_users


def right(db: plainsql.Database) -> None:
    made = users.create_user(db, email="a@b", nickname=None, password="x")
    users.set_bounds(db, user_id=made.id, bounds=Bounds("1,2"), separator=",")
    row = users.get_user(db, user_id=1)
    email: str = row.email if row else ""
    gone: list[users.DeleteUsersRow] = users.delete_users(db, user_ids=[1])
    print(email, gone, users.email_of(db, user_id=1).upper())


async def right_async(db: plainsql.aio.Database) -> None:
    made = await aio_users.create_user(db, email="a@b", nickname=None, password="x")
    await aio_users.set_bounds(db, user_id=made.id, bounds=Bounds("1,2"), separator=",")


def wrong(db: plainsql.Database) -> None:
    users.create_user(db, email="a@b", nickname=None, password_hash="x")  # wrong: the hash is the hook's to make
    users.create_user(db, email="a@b", nickname=None, password=b"x")  # wrong: the hook takes str
    users.create_user(db, email="a@b", nickname=1, password="x")  # wrong: what is only checked has the SQL's type
    users.set_bounds(db, user_id=1, bounds="1,2", separator=",")  # wrong: no Bounds
"""


@pytest.fixture
def typed(hooked_project: Project) -> Project:
    hooked_project.write("pyproject.toml", f"{PYRIGHT}\n{SETTINGS}")
    hooked_project.run("generate")
    return hooked_project


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_generated_code_hooks_and_right_calls_pass_and_wrong_calls_fail(
    typed: Project, checker: Callable[..., set[tuple[str, int]]]
) -> None:
    typed.write("calls.py", CALLS)
    lines = typed.read("calls.py").splitlines()
    wrong = {("calls.py", number) for number, line in enumerate(lines, start=1) if "# wrong:" in line}
    assert len(wrong) == 4
    assert checker(typed, "app", "calls.py") == wrong


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_a_hook_of_a_wrong_type_is_found_in_the_generated_code(
    typed: Project, checker: Callable[..., set[tuple[str, int]]]
) -> None:
    for old, new in (
        ("def hash_password(password: str) -> str:", "def hash_password(password: str) -> bytes:"),
        ('return f"hash of {password}"', 'return b""'),
        ("-> tuple[int, int | None]:", "-> tuple[int, str]:"),
        ("return int(low), int(high) if high else None", "return int(low), high"),
        ("rows: Sequence[users.DeleteUsersRow]", "rows: Sequence[users.ListUsersRow]"),
        (
            "def hide(tx: Transaction, rows: Sequence[str]) -> list[str]:",
            "def hide(tx: Transaction, rows: Sequence[int]) -> list[str]:",
        ),
    ):
        typed.replace("app/hooks.py", old, new)
    typed.run("generate")
    found = checker(typed, "app")
    lines = typed.read("app/queries/users.py").splitlines()
    wrong = {lines[number - 1].strip() for file, number in found if file == "app/queries/users.py"}
    assert {file for file, _ in found} == {"app/queries/users.py", "app/queries/aio/users.py"}
    assert wrong >= {
        "password_hash: str = hooks.hash_password(password)",
        "low, high = hooks.split(bounds, separator=separator)",
        "hooks.drop_sessions(tx, rows)",
    }
    assert len(wrong) == 4


def test_the_docstring_tells_of_the_hooks(typed: Project) -> None:
    text = typed.read("app/queries/users.py")
    assert (
        "    Create a user.\n\n"
        "    Before the statement: email = validate_email(email); password_hash = hash_password(password);\n"
        "    check_nickname(nickname).\n\n"
        "    Source: queries/users.sql:3\n" in text
    )
    assert "    After it, in its transaction: mask (replaces the rows), log_access.\n" in text
    assert "\nif TYPE_CHECKING:\n    import app.hooks\n" in text


def test_hooks_and_generated_modules_may_be_imported_in_any_order(typed: Project) -> None:
    def run(order: tuple[str, ...]) -> str:
        code = "".join(f"import {name}\n" for name in order)
        code += "from app.queries import users\nassert users.create_user and users.GetUserRow\n"
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", code],
            cwd=typed.root,
            env=typed.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return done.stderr

    # What is imported first decides: the rest comes along.
    orders = list(itertools.permutations(MODULES, 2))
    assert len(orders) == 20
    with ThreadPoolExecutor(4) as pool:
        assert dict(zip(orders, pool.map(run, orders), strict=True)) == dict.fromkeys(orders, "")


def test_a_generated_module_imports_its_hooks_at_the_first_call_only(typed: Project) -> None:
    done = typed.python(
        "import sys\nfrom app.queries import users\nusers.create_user\nprint('app.hooks' in sys.modules)"
    )
    assert done.stdout == "False\n"


def test_the_generated_code_reads_like_this(typed: Project) -> None:
    text = typed.read("app/queries/users.py")
    body = text[text.index("def set_bounds(") :].split("\n\n\n")[0]
    assert (
        body
        == '''\
def set_bounds(
    conn: Conn,
    /,
    *,
    user_id: int,
    bounds: app.hooks.Bounds,
    separator: str | Decimal,
) -> SetBoundsRow:
    """
    Run set_bounds.

    Before the statement: low, high = split(bounds, separator).

    After it, in its transaction: log_access.

    Source: queries/users.sql:12
    """
    from app import hooks

    low: int | None
    high: int | None
    low, high = hooks.split(bounds, separator=separator)
    with hooked(conn, SET_BOUNDS) as tx:
        row = fetch_one(tx, SET_BOUNDS, (user_id, low, high))
        hooks.log_access(tx, [row])
    return row'''
    )


def test_a_before_hook_may_have_an_async_twin_that_waits(typed: Project) -> None:
    twin = "\n\nasync def validate_email(email: str) -> str:\n    return email\n"
    typed.write("app/aio/hooks.py", typed.read("app/aio/hooks.py") + twin)
    typed.run("generate")
    text = typed.read("app/queries/aio/users.py")
    assert (
        "    from app import hooks\n"
        "    from app.aio import hooks as aio_hooks\n\n"
        "    email = await aio_hooks.validate_email(email)\n"
        "    password_hash: str = await run_slow(hooks.hash_password, password)\n" in text
    )
    assert "email = hooks.validate_email(email)" in typed.read("app/queries/users.py")
    assert mypy(typed, "app") == set()
