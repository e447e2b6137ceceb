"""The examples in README and docs/ run: their SQL is generated, their commands are called, their Python is executed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from plainsql import migrations
from tests.fixtures.databases import ROOT
from tests.fixtures.embedded import folder
from tests.fixtures.projects import Project

__all__ = ["folder"]

SCHEMAS = {
    "users": """
        CREATE TABLE users (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            email text NOT NULL,
            nickname text,
            created_at timestamptz NOT NULL DEFAULT now()
        );
        INSERT INTO users (email, nickname) VALUES ('ada@example.org', NULL);
    """,
    "bookings": """
        CREATE TYPE address_kind AS ENUM ('home', 'work');
        CREATE TYPE address AS (street text, city text, kind address_kind);
        CREATE TYPE guest AS (name text, home address);
        CREATE DOMAIN email AS text CHECK (value LIKE '%@%');
        CREATE TABLE bookings (id bigint PRIMARY KEY, during tstzrange NOT NULL, guests guest[] NOT NULL);
        CREATE TABLE guests (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            email email NOT NULL,
            home address NOT NULL,
            former_homes address[] NOT NULL,
            balance money NOT NULL DEFAULT 0,
            wishes jsonb
        );
    """,
    "orders": """
        CREATE TABLE orders (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            customer_id bigint NOT NULL,
            ordered_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE TABLE items (
            order_id bigint NOT NULL REFERENCES orders,
            line integer NOT NULL,
            product text NOT NULL,
            quantity integer NOT NULL,
            price numeric(12, 2) NOT NULL,
            note text,
            PRIMARY KEY (order_id, line)
        );
        INSERT INTO orders (customer_id) VALUES (1), (1);
        INSERT INTO items VALUES (1, 1, 'tea', 2, 1.10, NULL), (1, 2, 'pot', 1, 25, 'gift');
    """,
    "deliveries": """
        CREATE TABLE customers (id bigint PRIMARY KEY, name text NOT NULL, city text);
        CREATE TABLE deliveries (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            customer_id bigint REFERENCES customers,
            fee numeric(12, 2) NOT NULL,
            note text,
            version integer NOT NULL DEFAULT 1
        );
        INSERT INTO customers VALUES (1, 'Ada', NULL);
        INSERT INTO deliveries (customer_id, fee) VALUES (1, 10), (NULL, 20);
    """,
    "members": """
        CREATE TABLE members (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            email text NOT NULL,
            password_hash text NOT NULL
        );
        CREATE TABLE sessions (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, member_id bigint NOT NULL);
        CREATE TABLE access_log (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, member_id bigint NOT NULL);
    """,
    "authors": "",  # the page has its own
    "people": "",
    "accounts": """
        CREATE TYPE mood AS ENUM ('sad', 'ok');
        CREATE TABLE accounts (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            email text NOT NULL UNIQUE,
            nickname text,
            mood mood NOT NULL DEFAULT 'ok',
            tags text[] NOT NULL DEFAULT '{}',
            settings jsonb NOT NULL DEFAULT '{}',
            created_at timestamptz NOT NULL DEFAULT now()
        );
    """,
    "events": "",  # the page has its own
    "comments": "",  # the page has its own
}
KEYS = ("keys new", "keys rotate", "keys status")
PAGES = {
    "README.md": "users",
    "docs/changes.md": "deliveries",
    "docs/hooks.md": "members",
    "docs/nested.md": "orders",
    "docs/queries.md": "accounts",
    "docs/running.md": "accounts",
    "docs/polymorphic.md": "comments",
    "docs/soft-delete.md": "authors",
    "docs/timeseries.md": "events",
    "docs/secrets.md": "people",
    "docs/types.md": "bookings",
}
NAMED_FILE = re.compile(r"^`(\S+)`:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
"""A block under the name of its file."""


def blocks(page: str, language: str) -> list[str]:
    """Return the fenced blocks of one language that stand under no file name."""
    text = NAMED_FILE.sub("", (ROOT / page).read_text())
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def modules(page: str) -> dict[str, str]:
    """Return the Python modules of a page by their paths, which stand above them."""
    return dict(
        re.findall(r"^`(\S+\.py)`:\n\n```python\n(.*?)^```$", (ROOT / page).read_text(), re.MULTILINE | re.DOTALL)
    )


@pytest.mark.parametrize("page", PAGES)
def test_examples_run(page: str, project: Project, empty_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    table = PAGES[page]
    (project.root / "migrations/0001.users.sql").unlink()
    (project.root / "queries/users.sql").unlink()
    (project.root / "migrations/0001.users.rollback.sql").unlink()
    project.write("migrations/0001.tables.sql", SCHEMAS[table])
    project.write("migrations/0001.tables.rollback.sql", f"DROP TABLE {table};")
    settings = blocks(page, "toml")
    project.write("pyproject.toml", settings[0] if settings else (project.read("pyproject.toml")))
    files = blocks(page, "sql") or blocks("docs/queries.md", "sql")
    assert files
    project.write(f"queries/{table}.sql", "\n".join(files))
    for name, module in modules("docs/queries.md").items():
        project.write(name, module)
    for name, content in NAMED_FILE.findall((ROOT / page).read_text()):
        project.write(name, content)
    commands = [
        line
        for block in blocks(page, "sh")
        for line in block.splitlines()
        if line.startswith("plainsql ") and line != "plainsql dev"
    ]
    on_database = [command for command in commands if command.startswith("plainsql migrate")]
    on_keys = [command for command in commands if command.startswith("plainsql keys")]
    for command in [command for command in commands if command not in on_database + on_keys] or ["plainsql generate"]:
        project.run(*command.split()[1:])
    project.run("check")
    written = "\n".join(path.read_text() for path in sorted((project.root / "app/queries").glob("*.py")))
    assert all(block in written for block in blocks(page, "text"))
    migrations.apply(empty_database, project.root / "migrations")
    for command in on_database:
        project.run(*command.split()[1:], "--dsn", empty_database)
    for code in blocks(page, "python"):
        if code not in modules(page).values():
            project.python(code, DATABASE_URL=empty_database)
    monkeypatch.setenv("PLAINSQL_KEYS_FILE", str(project.root / "keys.toml"))  # which the page's Python has written
    for command in on_keys:
        project.run(*command.split()[1:], *(() if command == "plainsql keys new" else ("--dsn", empty_database)))


def test_own_project_word_by_word(folder: Path) -> None:
    text = (ROOT / "docs/start.md").read_text()
    for name, content in NAMED_FILE.findall(text):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content)
    environment = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "HOME": str(folder)}
    commands = [line for block in blocks("docs/start.md", "sh")[1:] for line in block.splitlines()]
    assert commands[0] == "yoyo apply"
    for command in commands:
        done = subprocess.run(
            command, shell=True, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
    assert f"`{done.stdout.strip()}`" in text


def test_the_readme_says_what_it_prints(project: Project) -> None:
    text = (ROOT / "README.md").read_text()
    (example,) = blocks("README.md", "python")
    assert "find_user(tx, email=" in example
    assert len(text.splitlines()) < 110, "the README has grown beyond what people read"
    assert tomllib.loads(blocks("README.md", "toml")[0])["tool"]["plainsql"]["package"] == "app.queries"


def test_links_in_the_docs_lead_somewhere() -> None:
    for page in (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", _prose(page.read_text())):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_command_has_help_with_an_example(project: Project) -> None:
    help_text = project.run("--help").stdout
    for command in ("generate", "check", "describe", "dev", "migrate partitions", *KEYS):
        assert command.split()[0] in help_text
        assert f"Example: plainsql {command}" in re.sub(r"\s+", " ", project.run(*command.split(), "--help").stdout)


def test_an_unknown_command_is_refused(project: Project) -> None:
    assert "generat" in project.run("generat", code=2).stderr


def _prose(text: str) -> str:
    return re.sub(r"^```.*?^```$|`[^`\n]*`", "", text, flags=re.MULTILINE | re.DOTALL)
