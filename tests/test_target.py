"""Which database is meant, in which order, and what is shown of it."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from plainsql.errors import ConfigError, NoDatabaseError
from plainsql.target import describe_conninfo, resolve_target
from tests.fixtures.embedded import everything_gone, folder, wait_for

__all__ = ["folder"]


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "PLAINSQL_APP_URL"):
        monkeypatch.delenv(name, raising=False)


def embedded_project(folder: Path) -> Path:
    (folder / "pyproject.toml").write_text('[tool.plainsql]\ndatabase = "embedded"\npackage = "shop.queries"\n')
    return folder


def test_nothing_configured_is_an_error_that_names_both_ways(tmp_path: Path) -> None:
    with pytest.raises(NoDatabaseError, match=r'set DATABASE_URL, or put `database = "embedded"`'):
        resolve_target(start=tmp_path).__enter__()
    (tmp_path / "pyproject.toml").write_text("[tool.plainsql]\n")
    with pytest.raises(NoDatabaseError), resolve_target(start=tmp_path):
        raise AssertionError


def test_database_url_goes_before_the_embedded_server(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://alice:secret@db.example/shop")
    with resolve_target(start=embedded_project(folder)) as target:
        assert target.conninfo == "postgresql://alice:secret@db.example/shop"
        assert target.description == "DATABASE_URL: host=db.example dbname=shop user=alice"
        assert target.app_conninfo is None
    assert not (folder / ".plainsql").exists()


def test_a_conninfo_given_goes_before_database_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://one/x")
    with resolve_target("host=two dbname=y") as target:
        assert target.description == "conninfo: host=two dbname=y"


def test_runtime_role_of_a_server_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://owner@h/x")
    monkeypatch.setenv("PLAINSQL_APP_URL", "postgresql://app@h/x")
    with resolve_target() as target:
        assert target.app_conninfo == "postgresql://app@h/x"


@pytest.mark.parametrize(
    "conninfo",
    [
        "postgresql://alice:s3cr3t%40@db/shop?sslmode=require",
        "host=db user=alice password='s3cr3t @ x' dbname=shop",
        "postgresql://db/shop?user=alice&password=s3cr3t",
        "service=s3 password=s3cr3t sslpassword=s3cr3t",
    ],
)
def test_a_password_is_never_shown(conninfo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", conninfo)
    with resolve_target() as target:
        assert "s3cr3t" not in target.description
        assert "s3cr3t" not in repr(target)


@pytest.mark.parametrize(
    "conninfo", ["postgresql+psycopg://u:s3cr3t@h/d", "host='s3cr3t", "s3cr3t", "mysql://s3cr3t@h/d"]
)
def test_what_is_no_conninfo_is_refused_without_repeating_it(conninfo: str) -> None:
    with pytest.raises(ConfigError, match="DATABASE_URL must be a conninfo") as caught:
        describe_conninfo(conninfo, "DATABASE_URL")
    assert "s3cr3t" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert ("found postgresql+psycopg://" in str(caught.value)) == conninfo.startswith("postgresql+")


@pytest.mark.parametrize("conninfo", ["postgresql://u:s3cr3t@h/d?sslmod=require", "postgres://u:s3cr%t@h/d"])
def test_a_url_with_a_slip_says_where_to_look(conninfo: str) -> None:
    with pytest.raises(ConfigError, match="option's name is misspelt, or a special character") as caught:
        describe_conninfo(conninfo, "DATABASE_URL")
    assert "s3cr" not in str(caught.value)


def test_a_blank_database_url_is_none(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "  ")
    with pytest.raises(NoDatabaseError), resolve_target(start=folder):
        pass


def test_embedded_project_has_a_database_and_both_roles(folder: Path) -> None:
    (embedded_project(folder) / "below").mkdir()
    with resolve_target(start=folder / "below") as target:
        assert target.description == "embedded PostgreSQL 18 in .plainsql/postgres"
        assert target.app_conninfo
        with psycopg.connect(target.conninfo) as owner:
            assert owner.execute("SELECT current_database(), current_user").fetchone() == ("shop", "postgres")
            owner.execute("CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY, name text)")
        with psycopg.connect(target.app_conninfo, autocommit=True) as app:
            assert app.execute("INSERT INTO t (name) VALUES ('a') RETURNING id").fetchone() == (1,)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute("DROP TABLE t")
    with resolve_target(start=folder) as target, psycopg.connect(target.conninfo) as owner:
        assert owner.execute("SELECT count(*) FROM t").fetchone() == (1,)
    wait_for(lambda: everything_gone(folder / ".plainsql" / "postgres"))
