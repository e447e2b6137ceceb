"""The examples of docs/tenancy.md run, in the project that they describe, as the roles that they name."""

from __future__ import annotations

from plainsql import migrations
from tests.fixtures.databases import ROOT
from tests.fixtures.projects import Project
from tests.fixtures.roles import roles_of
from tests.test_docs import NAMED_FILE, blocks

PAGE = "docs/tenancy.md"


def test_the_examples_of_tenancy_run(project: Project, empty_database: str) -> None:
    for name in ("migrations/0001.users.sql", "migrations/0001.users.rollback.sql", "queries/users.sql"):
        (project.root / name).unlink()
    project.write("migrations/0001.notes.rollback.sql", "DROP TABLE notes;\nDROP SCHEMA app CASCADE;")
    files = dict(NAMED_FILE.findall((ROOT / PAGE).read_text()))
    assert sorted(files) == ["migrations/0001.notes.sql", "pyproject.toml", "queries/notes.sql"]
    for name, content in files.items():
        project.write(name, content)
    (commands,) = blocks(PAGE, "sh")
    said = ""
    for command in commands.splitlines():
        said = project.run(*command.split()[1:]).stdout
    assert "0 leaks, 0 errors in the catalog" in said
    migrations.apply(empty_database, project.root / "migrations")
    roles = roles_of(empty_database)
    codes = blocks(PAGE, "python")
    assert len(codes) == 5
    for code in codes:
        project.python(
            code,
            DATABASE_URL=roles.owner,
            PLAINSQL_APP_URL=roles.app,
            PLAINSQL_ALL_TENANTS_URL=roles.all_tenants,
        )
