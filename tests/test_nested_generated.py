"""Modules with rows in rows: how they read, what type checkers make of them, both kinds of rows alike."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from plainsql import migrations
from tests.fixtures.nested import QUERIES, SCHEMA
from tests.fixtures.projects import Project
from tests.test_typing import PYRIGHT, mypy, pyright

TEXTS = Path(__file__).parent / "typing"


@pytest.fixture
def shop(project: Project) -> Project:
    """The small shop as a project, nothing generated yet."""
    for path in ("migrations/0001.users.sql", "migrations/0001.users.rollback.sql", "queries/users.sql"):
        (project.root / path).unlink()
    project.write("migrations/0001.shop.sql", SCHEMA)
    project.write("migrations/0001.shop.rollback.sql", "DROP TABLE items, orders, products, customers;")
    project.write("queries/shop.sql", QUERIES)
    for name in ("nested_right.py", "nested_wrong.py"):
        project.write(name, (TEXTS / f"{name}.txt").read_text())
    return project


def test_the_module_reads_as_a_person_would_write_it(shop: Project) -> None:
    shop.run("generate")
    lines = shop.read("app/queries/shop.py").splitlines(keepends=True)
    assert lines[1].startswith("# plainsql ")  # the stamp
    kept = TEXTS / "nested_shop.py.txt"
    assert "".join([lines[0], *lines[2:]]) == kept.read_text(), (
        "the generated module has changed: read what is new in it, then keep it in tests/typing/nested_shop.py.txt"
    )
    shop.run("check")


def test_both_kinds_of_rows_are_formatted_and_free_of_faults(shop: Project) -> None:
    for rows in ("struct", "dataclass"):
        if rows == "dataclass":
            shop.replace("pyproject.toml", "[tool.plainsql]", '[tool.plainsql]\nrows = "dataclass"')
        shop.run("generate")
        shop.run("check")
        for module in ("shop.py", "aio/shop.py", "types.py"):
            compile(shop.read(f"app/queries/{module}"), module, "exec")


@pytest.mark.parametrize("checker", [mypy, pyright])
@pytest.mark.parametrize("rows", ["struct", "dataclass"])
def test_right_uses_pass_and_each_wrong_one_fails(
    shop: Project, checker: Callable[..., set[tuple[str, int]]], rows: str
) -> None:
    shop.replace("pyproject.toml", "[tool.plainsql]", f'{PYRIGHT}\n[tool.plainsql]\nrows = "{rows}"')
    shop.run("generate")
    assert checker(shop, "app", "nested_right.py") == set()
    lines = shop.read("nested_wrong.py").splitlines()
    wrong = {("nested_wrong.py", number) for number, line in enumerate(lines, start=1) if "# wrong:" in line}
    assert len(wrong) > 15
    assert checker(shop, "nested_wrong.py") == wrong


@pytest.mark.parametrize("rows", ["struct", "dataclass"])
def test_right_uses_run(shop: Project, empty_database: str, rows: str) -> None:
    shop.replace("pyproject.toml", "[tool.plainsql]", f'[tool.plainsql]\nrows = "{rows}"')
    shop.run("generate")
    migrations.apply(empty_database, shop.root / "migrations")
    shop.python(
        """
        import asyncio, os, plainsql, plainsql.aio, nested_right

        with plainsql.Database.open(os.environ["DATABASE_URL"]) as db:
            nested_right.sync(db)

        async def main() -> None:
            async with plainsql.aio.Database.open(os.environ["DATABASE_URL"]) as db:
                await nested_right.aio(db)

        asyncio.run(main())
        """,
        DATABASE_URL=empty_database,
    )


def test_check_says_which_member_has_changed(shop: Project) -> None:
    shop.run("generate")
    changes = "ALTER TABLE items ALTER quantity TYPE numeric, DROP note, ADD note text NOT NULL DEFAULT ''"
    shop.write("migrations/0002.items.sql", f"-- depends: 0001.shop\n{changes};\n")
    shop.write("migrations/0002.items.rollback.sql", "SELECT 1;\n")
    said = shop.run("check", code=1).stderr
    for change in ("OrdersWithItemsItem.note", "OrdersWithItemsItem.quantity", "OrdersLeftOpenItem.note"):
        assert change in said, said
    shop.run("generate")
    assert "    note: str\n" in shop.read("app/queries/shop.py")
    shop.run("check")
