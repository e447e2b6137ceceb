"""The two roles of a project: the runtime role reads and writes rows, the owner makes tables."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

import plainsql
import plainsql.aio
from plainsql import execute
from plainsql.aio import execute as aio
from tests.fixtures.embedded import folder
from tests.runtime import statement

__all__ = ["folder"]

SCHEMA = "CREATE SCHEMA lending; CREATE TABLE lending.loan (id bigserial PRIMARY KEY, note text)"
INSERT = "INSERT INTO lending.loan (note) VALUES ('x') RETURNING id"
INDEX = "CREATE INDEX loan_note_idx ON lending.loan (note)"


@pytest.fixture
def project_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with an embedded database, as the current folder, nothing in the environment."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("PLAINSQL_APP_URL", raising=False)
    (folder / "pyproject.toml").write_text('[tool.plainsql]\npackage = "garden.queries"\ndatabase = "embedded"\n')
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.usefixtures("project_folder")
def test_the_runtime_role_writes_rows_and_makes_nothing() -> None:
    with plainsql.Database.open(owner=True) as db, db.connection() as conn:
        conn.execute(SCHEMA)
    with plainsql.Database.open() as db, db.connection() as conn:
        assert conn.execute("SELECT current_user").fetchone() == ("app_user",)
        assert conn.execute(INSERT).fetchone() == (1,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute(INDEX)
    with plainsql.Database.open(owner=True) as db, db.connection() as conn:
        conn.execute(INDEX)


@pytest.mark.usefixtures("project_folder")
async def test_the_runtime_role_writes_rows_and_makes_nothing_async() -> None:
    async with plainsql.aio.Database.open(owner=True) as db, db.connection() as conn:
        await conn.execute(SCHEMA)
    async with plainsql.aio.Database.open() as db, db.connection() as conn:
        assert await (await conn.execute(INSERT)).fetchone() == (1,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await conn.execute(INDEX)


@pytest.mark.usefixtures("project_folder")
async def test_a_role_of_its_own_sees_all_tenants() -> None:
    with plainsql.Database.open(owner=True) as db, db.connection() as conn:
        conn.execute(SCHEMA + "; ALTER TABLE lending.loan ADD COLUMN tenant_id text, ENABLE ROW LEVEL SECURITY")
        conn.execute("INSERT INTO lending.loan (note, tenant_id) VALUES ('x', 'a'), ('y', 'b')")
    count = statement("SELECT count(*) FROM lending.loan", tenant=True)
    with plainsql.Database.open() as db, db.all_tenants(reason="test") as a:
        assert execute.fetch_value(a, count) == 2
    async with plainsql.aio.Database.open() as adb, adb.all_tenants(reason="test") as aa:
        assert await aio.fetch_value(aa, count) == 2


async def test_a_conninfo_names_its_own_role(server: str) -> None:
    with pytest.raises(plainsql.ConfigError, match="owner=True"):
        plainsql.Database.open(server, owner=True)
    with pytest.raises(plainsql.ConfigError, match="owner=True"):
        plainsql.aio.Database.open(server, owner=True)
