"""Migrations in this process: apply, roll back, dump, and yoyo's traps that are closed."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from plainsql import migrations
from plainsql.errors import MigrationError

ROOT = Path(__file__).parents[1]


def write(folder: Path, **files: str) -> Path:
    """Write migrations; ``_a__rollback`` in a name stands for ``.a.rollback``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        number, what = name[1:].split("_", 1)
        what = what.replace("__", ".")
        (folder / f"{number}.{what}.sql").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(
        tmp_path / "migrations [of 'ünï']",
        _0001_users="""
            -- Users: 100% plain; :not_a_parameter
            CREATE TYPE mood AS ENUM ('sad', 'ok');
            CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, m mood);
            COMMENT ON TABLE users IS '100% of :them';
        """,
        _0001_users__rollback="DROP TABLE users; DROP TYPE mood; SELECT 1;",
        _0002_index="-- transactional: false\nCREATE INDEX CONCURRENTLY users_name_idx ON users (name);",
        _0002_index__rollback="DROP INDEX CONCURRENTLY users_name_idx;",
        _0003_function="CREATE FUNCTION f(x int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT x; SELECT x + 1; END;",
        _0003_function__rollback="DROP FUNCTION f(int);",
    )


def test_apply_rollback_apply_gives_an_identical_dump(folder: Path, empty_database: str) -> None:
    empty = migrations.schema_dump(empty_database)
    seen: list[str] = []
    ids = ["0001.users", "0002.index", "0003.function"]
    assert migrations.apply(empty_database, folder, progress=seen.append) == seen == ids
    full = migrations.schema_dump(empty_database)
    assert "CREATE TABLE public.users" in full
    assert "users_name_idx" in full
    assert migrations.apply(empty_database, folder) == []
    assert migrations.rollback_all(empty_database, folder) == ids[::-1]
    assert migrations.schema_dump(empty_database) == empty
    assert migrations.apply(empty_database, folder) == ids
    assert migrations.schema_dump(empty_database) == full


def test_dump_has_no_token_no_version_and_no_table_of_yoyo(folder: Path, empty_database: str) -> None:
    migrations.apply(empty_database, folder)
    dump = migrations.schema_dump(empty_database)
    for word in ("restrict", "Dumped", "yoyo"):
        assert word not in dump
    assert dump == migrations.schema_dump(empty_database)


@pytest.mark.skipif(not list((ROOT / "migrations").glob("*.sql")), reason="no migrations yet")
def test_migrations_of_the_shop_roll_back_completely(empty_database: str) -> None:
    empty = migrations.schema_dump(empty_database)
    migrations.apply(empty_database, ROOT / "migrations")
    full = migrations.schema_dump(empty_database)
    migrations.rollback_all(empty_database, ROOT / "migrations")
    assert migrations.schema_dump(empty_database) == empty
    migrations.apply(empty_database, ROOT / "migrations")
    assert migrations.schema_dump(empty_database) == full


def test_a_password_with_odd_characters_reaches_the_server(folder: Path, empty_database: str, server: str) -> None:
    """It goes to psycopg as it is: no URL is taken apart on the way."""
    name, password = str(conninfo_to_dict(empty_database)["dbname"]), "p@ss w/ord:%41?#'\\"
    role = sql.Identifier(f"{name}_role")
    with psycopg.connect(empty_database, autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, sql.Literal(password)))
        try:
            conn.execute(sql.SQL("GRANT ALL ON SCHEMA public TO {}").format(role))
            conninfo = make_conninfo(empty_database, user=f"{name}_role", password=password)
            assert len(migrations.apply(conninfo, folder)) == 3
            assert "CREATE TABLE" in migrations.schema_dump(conninfo)
        finally:
            conn.execute(sql.SQL("DROP OWNED BY {}").format(role))
            conn.execute(sql.SQL("DROP ROLE {}").format(role))


def test_a_failing_migration_leaves_nothing_and_keeps_the_one_before(folder: Path, empty_database: str) -> None:
    write(
        folder,
        _0004_bad="CREATE TABLE half (id int); SELECT no_such_function();",
        _0004_bad__rollback="DROP TABLE half;",
    )
    with pytest.raises(psycopg.errors.UndefinedFunction):
        migrations.apply(empty_database, folder)
    with psycopg.connect(empty_database) as conn:
        assert conn.execute("SELECT to_regclass('half'), to_regclass('users') IS NOT NULL").fetchone() == (None, True)
    write(folder, _0004_bad="CREATE TABLE half (id int);")
    assert migrations.apply(empty_database, folder) == ["0004.bad"]


def test_a_migration_without_rollback_is_refused_before_anything_runs(folder: Path, empty_database: str) -> None:
    write(folder, _0004_gone="DROP TABLE users;")
    with pytest.raises(MigrationError, match=r"0004\.gone\.sql: no 0004\.gone\.rollback\.sql; write it, or say"):
        migrations.apply(empty_database, folder)
    with psycopg.connect(empty_database) as conn:
        assert conn.execute("SELECT to_regclass('users')").fetchone() == (None,)


def test_an_irreversible_migration_stops_a_rollback_before_it_begins(folder: Path, empty_database: str) -> None:
    write(folder, _0000_gone="-- irreversible: the rows are gone\nSELECT 1;")
    assert len(migrations.apply(empty_database, folder)) == 4
    with pytest.raises(MigrationError, match="is irreversible; nothing was rolled back"):
        migrations.rollback_all(empty_database, folder)
    assert migrations.apply(empty_database, folder) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("CREATE TABLE t (id int);\n-- transactional: false\n", ":2: yoyo reads `-- transactional:` only above"),
        ("/* head */\n-- depends: 0001.users\nSELECT 1;", ":2: yoyo reads `-- depends:` only above"),
        ("-- transactional: no\nSELECT 1;", ":1: transactional is true or false, found 'no'"),
    ],
)
def test_a_directive_yoyo_would_not_read_is_refused(folder: Path, empty_database: str, text: str, message: str) -> None:
    write(folder, _0004_x=text, _0004_x__rollback="SELECT 1;")
    with pytest.raises(MigrationError) as caught:
        migrations.apply(empty_database, folder)
    assert f"0004.x.sql{message}" in str(caught.value)


def test_a_non_transactional_migration_of_two_statements_is_refused(folder: Path, empty_database: str) -> None:
    """yoyo pairs statements with rollbacks by position and runs the wrong one when a step fails."""
    write(
        folder,
        _0004_x="-- transactional: false\nCREATE TABLE a (id int);\nCREATE INDEX CONCURRENTLY i ON a (id);",
        _0004_x__rollback="DROP TABLE a;",
    )
    with pytest.raises(MigrationError, match=r"0004\.x\.sql: a migration outside transactions holds one statement"):
        migrations.apply(empty_database, folder)


def test_a_rollback_without_its_migration_is_refused(folder: Path, empty_database: str) -> None:
    write(folder, _0004_x__rollback="SELECT 1;")
    with pytest.raises(MigrationError, match=r"there is no 0004\.x\.sql to roll back"):
        migrations.apply(empty_database, folder)


def test_a_missing_folder_is_told(tmp_path: Path, empty_database: str) -> None:
    with pytest.raises(MigrationError, match="there is no folder of migrations at"):
        migrations.apply(empty_database, tmp_path / "nowhere")


@pytest.mark.slow
def test_a_lock_left_by_a_killed_process_is_told_with_the_way_out(folder: Path, empty_database: str) -> None:
    migrations.apply(empty_database, folder)
    with psycopg.connect(empty_database) as conn:
        conn.execute("INSERT INTO yoyo_lock (locked, pid) VALUES (1, 4711)")
    with pytest.raises(MigrationError, match=r"Process 4711 has locked this database[\s\S]*yoyo break-lock"):
        migrations.rollback_all(empty_database, folder)
