"""Schema files: split as psql would, loaded by a role that can leave no trace."""

from __future__ import annotations

import re
import secrets
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import sql
from psycopg.conninfo import make_conninfo

from plainsql.embedded.binaries import find_pg_dump
from plainsql.errors import SchemaFileError
from plainsql.scratch import scratch_database
from plainsql.scratch.psql import split_script
from plainsql.scratch.reading import read_schema_file
from plainsql.scratch.schema_files import SchemaLoader
from plainsql.scratch.untrusted import PREFIX, untrusted_database


def write(folder: Path, text: str, name: str = "schema.sql") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def load(server: str, *files: Path) -> None:
    with scratch_database(schema_files=files, server=server):
        pass


def notes_of(server: str, *files: Path) -> list[str]:
    notes: list[str] = []
    with scratch_database(schema_files=files, server=server, note=notes.append):
        return notes


def steps(text: str) -> list[str]:
    return [step.sql for step in split_script(text, "schema.sql")]


def test_statements_are_split_where_psql_splits_them() -> None:
    text = """
CREATE TABLE t (a text DEFAULT 'x;y'); -- a comment; with a semicolon
CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END;
DO $$ BEGIN PERFORM 1; END $$;;
SELECT 1"""
    assert [step.split()[0] for step in steps(text)] == ["CREATE", "CREATE", "DO", "SELECT"]


def test_dump_lines_and_copy_blocks_are_understood() -> None:
    text = (
        "\\restrict abc\nCREATE TABLE t (a text, b text);\n"
        "COPY public.t (a, b) FROM stdin;\nit's\t\\N\n;\\\\restrict\t$$\n\\.\n\nSELECT 1;\n\\unrestrict abc\n"
    )
    found = list(split_script(text, "dump.sql"))
    assert [step.sql for step in found] == [
        "CREATE TABLE t (a text, b text)",
        "COPY public.t (a, b) FROM stdin",
        "SELECT 1",
    ]
    assert found[1].data == "it's\t\\N\n;\\\\restrict\t$$\n"


def test_copy_data_that_looks_like_copy_is_data() -> None:
    text = "COPY a FROM stdin;\ncopy of x\n\\restrict\n\\.\nCOPY b FROM stdin;\n2\n\\.\nSELECT 1;\n"
    found = list(split_script(text, "dump.sql"))
    assert [(step.sql, step.data) for step in found] == [
        ("COPY a FROM stdin", "copy of x\n\\restrict\n"),
        ("COPY b FROM stdin", "2\n"),
        ("SELECT 1", None),
    ]


PIECES = [
    "SELECT 1",
    ";",
    "'",
    '"',
    "$$",
    "$a$",
    "/*",
    "*/",
    "--",
    "\n",
    "\\.",
    "\\restrict x",
    "COPY t FROM stdin;",
    "é",
    "1\t2",
]


@given(st.lists(st.sampled_from(PIECES), max_size=14))
def test_any_script_is_split_or_refused(pieces: list[str]) -> None:
    text = " ".join(pieces).replace(" \n ", "\n")
    try:
        found = list(split_script(text, "x.sql"))
    except SchemaFileError:
        return
    ends = 0
    for step in found:
        assert step.offset >= ends
        assert text.startswith(step.sql, step.offset)
        ends = step.offset + len(step.sql) + len(step.data or "")


def test_backslashes_inside_quotes_are_no_commands() -> None:
    assert len(steps("SELECT '\n\\connect x\n';\nSELECT $$\n\\! rm\n$$;\n/*\n\\q\n*/")) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT 1;\n\\connect postgres\n", r"schema.sql:2: the psql command \connect is not supported"),
        ("\n\n\\! touch /tmp/x\n", r"schema.sql:3: the psql command \! is not supported"),
        ("CREATE TABLE t (a int);\nSELECT 'open", "schema.sql:2: unterminated quoted string"),
        ("COPY t FROM stdin;\n1\n", "schema.sql:1: the data of COPY has no end"),
    ],
)
def test_what_is_no_sql_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(SchemaFileError, match=re.escape(message)):
        steps(text)


def test_failing_statement_is_named_by_file_and_line(server: str, tmp_path: Path) -> None:
    path = write(tmp_path, "CREATE TABLE a (x int);\n\nCREATE TABLE b (\n    x nosuchtype\n);\n")
    with pytest.raises(SchemaFileError, match=r'schema\.sql:4: type "nosuchtype" does not exist'):
        load(server, path)


def test_missing_and_binary_files_are_refused(server: str, tmp_path: Path) -> None:
    with pytest.raises(SchemaFileError, match=r"nothing\.sql: can't read it"):
        load(server, tmp_path / "nothing.sql")
    (tmp_path / "bin.sql").write_bytes(b"CREATE TABLE \xe9 (a int);")
    with pytest.raises(SchemaFileError, match="is not UTF-8"):
        load(server, tmp_path / "bin.sql")


def test_several_files_are_loaded_in_order_each_with_a_fresh_search_path(server: str, tmp_path: Path) -> None:
    first = write(tmp_path, "SELECT pg_catalog.set_config('search_path', '', false);\nCREATE TABLE public.a (x int);\n")
    second = write(tmp_path, "CREATE VIEW b AS SELECT x FROM a;\n", "second.sql")
    with scratch_database(schema_files=[first, second], server=server) as conninfo, psycopg.connect(conninfo) as conn:
        assert conn.execute("SELECT x FROM b").fetchall() == []


def test_copy_data_is_loaded(server: str, tmp_path: Path) -> None:
    path = write(tmp_path, "CREATE TABLE t (a int, b text);\nCOPY t (a, b) FROM stdin;\n1\té;\n2\t\\N\n\\.\n")
    with scratch_database(schema_files=[path], server=server) as conninfo, psycopg.connect(conninfo) as conn:
        assert conn.execute("SELECT a, b FROM t ORDER BY a").fetchall() == [(1, "é;"), (2, None)]


def test_owners_grants_and_settings_of_elsewhere_are_skipped_with_a_note(server: str, tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "SET no_such_setting = 0;\nCREATE TABLE t (a int);\nALTER TABLE t OWNER TO nobody_here;\n"
        "ALTER TABLE t OWNER TO postgres;\nGRANT SELECT ON t TO nobody_here;\n"
        "ALTER DEFAULT PRIVILEGES FOR ROLE nobody_here GRANT SELECT ON TABLES TO nobody_here;\n"
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY;\nCREATE POLICY p ON t TO nobody_here USING (a > 0);\n",
    )
    assert [note.replace(f"{path}:", "") for note in notes_of(server, path)] == [
        'skipped SET, 1 statement; the first is 1: unrecognized configuration parameter "no_such_setting"',
        'skipped OWNER TO, 2 statements; the first is 3: role "nobody_here" does not exist',
        'skipped GRANT and REVOKE, 1 statement; the first is 5: role "nobody_here" does not exist',
        'skipped ALTER DEFAULT PRIVILEGES, 1 statement; the first is 6: role "nobody_here" does not exist',
        'skipped CREATE POLICY, 1 statement; the first is 8: role "nobody_here" does not exist',
    ]


def test_what_is_skipped_inside_a_transaction_does_not_end_it(server: str, tmp_path: Path) -> None:
    path = write(tmp_path, "BEGIN;\nCREATE TABLE t (a int);\nGRANT SELECT ON t TO nobody_here;\nCOMMIT;\n")
    with scratch_database(schema_files=[path], server=server) as conninfo, psycopg.connect(conninfo) as conn:
        assert conn.execute("SELECT a FROM t").fetchall() == []


def test_a_transaction_that_a_file_leaves_open_is_committed_with_a_note(server: str, tmp_path: Path) -> None:
    path = write(tmp_path, "BEGIN;\nCREATE TABLE t (a int);\n")
    notes: list[str] = []
    with (
        scratch_database(schema_files=[path], server=server, note=notes.append) as conninfo,
        psycopg.connect(conninfo) as conn,
    ):
        assert conn.execute("SELECT a FROM t").fetchall() == []
    assert notes == [f"{path}: ends inside a transaction, which was committed: add COMMIT;"]


def test_what_fails_at_the_commit_of_an_open_transaction_is_named(server: str, tmp_path: Path) -> None:
    text = "BEGIN;\nCREATE TABLE t (a int PRIMARY KEY, b int REFERENCES t DEFERRABLE INITIALLY DEFERRED);\n"
    path = write(tmp_path, text + "INSERT INTO t VALUES (1, 2);\n")
    with pytest.raises(SchemaFileError, match=r"schema\.sql:4: insert or update on table"):
        load(server, path)


def test_a_schema_of_a_missing_role_becomes_ours(server: str, tmp_path: Path) -> None:
    path = write(tmp_path, "CREATE SCHEMA auth AUTHORIZATION nobody_here;\nCREATE TABLE auth.t (a int);\n")
    (note,) = notes_of(server, path)
    assert note.startswith("skipped AUTHORIZATION of CREATE SCHEMA, 1 statement; the first is ")


def test_trusted_extensions_can_be_made(server: str, tmp_path: Path) -> None:
    find_extension(server, "citext")
    load(
        server,
        write(tmp_path, "CREATE EXTENSION citext;\nCREATE TABLE t (a citext);\nCOMMENT ON EXTENSION plpgsql IS 'x';"),
    )


ATTACKS = [
    "COPY (SELECT 1) TO PROGRAM 'touch {marker}'",
    "COPY (SELECT 1) TO '{marker}'",
    "CREATE TABLE x (a text); COPY x FROM PROGRAM 'touch {marker}'",
    "CREATE TABLE x (a text); COPY x FROM '/etc/passwd'",
    "DO $$ BEGIN EXECUTE 'COPY (SELECT 1) TO PROGRAM ''touch {marker}'''; END $$",
    "ALTER SYSTEM SET work_mem = '65MB'",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_export(lo_from_bytea(0, 'x'), '{marker}')",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_ls_dir('.')",
    "CREATE ROLE plainsql_trace",
    "CREATE ROLE plainsql_trace SUPERUSER",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "ALTER ROLE CURRENT_USER CREATEDB",
    "CREATE DATABASE plainsql_trace",
    "CREATE TABLESPACE plainsql_trace LOCATION '/tmp'",
    "RESET ROLE; RESET SESSION AUTHORIZATION; SET SESSION AUTHORIZATION postgres",
    "SET ROLE postgres",
    "SET ROLE pg_execute_server_program",
    "GRANT pg_execute_server_program TO CURRENT_USER; COPY (SELECT 1) TO PROGRAM 'touch {marker}'",
    "CREATE EXTENSION file_fdw",
    "CREATE EXTENSION dblink",
    "LOAD '/tmp/x.so'",
    "CREATE FUNCTION f() RETURNS int LANGUAGE c AS '/tmp/x.so', 'f'",
    "CREATE LANGUAGE plpython3u",
    "SET shared_preload_libraries = 'x'",
    "ALTER DATABASE postgres SET work_mem = '65MB'",
    "ALTER ROLE postgres SET work_mem = '65MB'",
    "COMMENT ON DATABASE postgres IS 'plainsql_trace'",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_untrusted_sql_is_refused_and_leaves_no_trace(server: str, tmp_path: Path, attack: str) -> None:
    marker = tmp_path / "marker"
    tmp_path.chmod(0o777)
    path = write(tmp_path, "CREATE TABLE fine (a int);\n" + attack.format(marker=marker) + ";\n")
    before = traces(server)
    with pytest.raises(SchemaFileError, match=r"schema\.sql:2: "):
        load(server, path)
    assert traces(server) == before
    assert not marker.exists()


LEFTOVERS = [
    "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I IS_TEMPLATE true', current_database()); END $$",
    "DO $$ BEGIN EXECUTE format('ALTER ROLE %I PASSWORD %L', current_user, 'x'); END $$",
    "BEGIN; LOCK TABLE fine; PREPARE TRANSACTION '{gid}'",
]


@pytest.mark.parametrize("attack", LEFTOVERS)
def test_what_a_file_does_to_its_own_database_does_not_keep_it(server: str, tmp_path: Path, attack: str) -> None:
    before = traces(server)
    path = write(tmp_path, f"CREATE TABLE fine (a int);\n{attack.format(gid=secrets.token_hex(8))};\n")
    with suppress(SchemaFileError):  # a server may not allow prepared transactions at all
        load(server, path)
    assert traces(server) == before


def test_a_prepared_transaction_keeps_no_lock_on_what_is_described(server: str, tmp_path: Path) -> None:
    with psycopg.connect(server) as conn:
        if conn.execute("SHOW max_prepared_transactions").fetchone() == ("0",):
            pytest.skip("the server has max_prepared_transactions = 0")
    gid = secrets.token_hex(8)
    path = write(tmp_path, f"CREATE TABLE fine (a int); BEGIN; LOCK TABLE fine; PREPARE TRANSACTION '{gid}';")
    with scratch_database(schema_files=[path], server=server) as conninfo, psycopg.connect(conninfo) as conn:
        conn.execute("SET statement_timeout = '2s'")
        conn.execute("SELECT a FROM fine")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT pg_sleep(1e9)",
        "DO $$ BEGIN LOOP BEGIN PERFORM pg_sleep(1e9); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$",
    ],
)
def test_a_file_that_switches_the_time_limit_off_is_ended(server: str, tmp_path: Path, statement: str) -> None:
    file = read_schema_file(write(tmp_path, f"SET statement_timeout = 0;\n{statement};\n"))
    before = traces(server)
    with (
        pytest.raises(SchemaFileError, match=r"schema\.sql:2: the statement takes longer than 0\.5 s"),
        untrusted_database(server) as database,
    ):
        SchemaLoader(database.connect, seconds=0.5).load(file)
    assert traces(server) == before


def test_rows_that_a_file_selects_are_not_kept(server: str, tmp_path: Path) -> None:
    text = "SELECT repeat('x', 1000000) FROM generate_series(1, 200);\nCREATE TABLE t (a int);"
    code = (
        "import resource, sys; from pathlib import Path; from plainsql.scratch import scratch_database\n"
        "with scratch_database(schema_files=[Path(sys.argv[1])], server=sys.argv[2]): pass\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    command = [sys.executable, "-c", code, str(write(tmp_path, text)), server]
    # On Linux a program's peak counts what its parent held when it forked: a small parent stands between.
    between = [sys.executable, "-c", "import subprocess, sys; subprocess.run(sys.argv[1:], check=True)"]
    done = subprocess.run([*between, *command], capture_output=True, text=True, check=True)
    kilobytes = int(done.stdout) // (1024 if sys.platform == "darwin" else 1)
    assert kilobytes < 150_000


@pytest.mark.parametrize("statement", ["COPY t TO STDOUT", "COPY t (a) FROM STDIN WITH (FORMAT csv); SELECT 1"])
def test_copy_without_its_data_is_refused(server: str, tmp_path: Path, statement: str) -> None:
    path = write(tmp_path, f"CREATE TABLE t (a int);\n{statement};\n")
    with pytest.raises(SchemaFileError, match=r"schema\.sql:2: "):
        load(server, path)


def find_extension(server: str, *names: str) -> str:
    """Return the first of *names* that the server has."""
    with psycopg.connect(server) as conn:
        rows = conn.execute("SELECT name FROM pg_available_extensions WHERE name = ANY(%s)", [list(names)]).fetchall()
    found = [name for name in names if (name,) in rows]
    if not found:
        pytest.skip(f"the server has none of {', '.join(names)}")
    return found[0]


def test_an_extension_that_the_server_lacks_is_named_with_the_ways_out(server: str, tmp_path: Path) -> None:
    text = "CREATE TABLE a (x int);\nCREATE EXTENSION IF NOT EXISTS plainsql_nowhere WITH SCHEMA public;\n"
    with pytest.raises(SchemaFileError) as caught:
        load(server, write(tmp_path, text))
    assert re.search(r'schema\.sql:2: extension "plainsql_nowhere" is not available', str(caught.value))
    assert "doesn't have extension plainsql_nowhere: name a server that has it with --scratch DSN" in str(caught.value)
    with pytest.raises(SchemaFileError, match="doesn't have extension plainsql_nowhere: name a server"):
        load(server, write(tmp_path, "DO $$ BEGIN CREATE EXTENSION plainsql_nowhere; END $$;"))


@pytest.mark.parametrize(
    ("statement", "extension"),
    [
        ("CREATE TABLE t (place public.geometry(Point, 4326))", "postgis"),
        ("CREATE TABLE t (id uuid DEFAULT uuid_generate_v4())", "uuid-ossp"),
        ("CREATE TABLE t (name citext)", "citext"),
        ("CREATE TABLE t (a text); CREATE INDEX ON t USING gin (a gin_trgm_ops)", "pg_trgm"),
    ],
)
def test_a_part_of_an_extension_that_is_missing_names_it(
    server: str, tmp_path: Path, statement: str, extension: str
) -> None:
    with pytest.raises(SchemaFileError, match=rf"schema\.sql:1: .*\n    hint: .*extension {extension}\b"):
        load(server, write(tmp_path, statement + ";"))


def test_a_harmless_extension_is_made_though_only_a_superuser_may(server: str, tmp_path: Path) -> None:
    find_extension(server, "earthdistance")
    text = (
        "CREATE SCHEMA ext;\nCREATE EXTENSION cube WITH SCHEMA ext;\nCREATE EXTENSION earthdistance WITH SCHEMA ext;\n"
        "COMMENT ON EXTENSION earthdistance IS 'x';\nCREATE TABLE t (place ext.earth);\n"
    )
    path = write(tmp_path, text)
    with scratch_database(schema_files=[path], server=server) as conninfo, psycopg.connect(conninfo) as conn:
        assert conn.execute("SELECT place FROM t").fetchall() == []
        assert conn.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (False,)


def test_an_extension_that_reaches_outside_is_refused_with_the_way_out(server: str, tmp_path: Path) -> None:
    name = find_extension(server, "dblink", "file_fdw", "postgres_fdw")
    with pytest.raises(SchemaFileError, match=rf"schema\.sql:1: .*\n    hint: extension {name} reaches outside"):
        load(server, write(tmp_path, f"CREATE EXTENSION {name};"))


def test_a_folder_is_its_files_in_natural_order(server: str, tmp_path: Path) -> None:
    for name, text in (
        ("10_view.sql", "CREATE VIEW v AS SELECT x FROM t;"),
        ("2_table.sql", "CREATE TABLE t (x int);"),
        ("more/1.sql", "CREATE VIEW w AS SELECT x FROM v;"),
        ("notes.txt", "no SQL"),
    ):
        (tmp_path / "schema/more").mkdir(parents=True, exist_ok=True)
        write(tmp_path / "schema", text, name)
    folder = tmp_path / "schema"
    assert notes_of(server, folder) == [f"{folder}: 3 files in this order: 2_table.sql, 10_view.sql, more/1.sql"]


def test_a_folder_of_migrations_with_ways_down_is_no_schema(server: str, tmp_path: Path) -> None:
    write(tmp_path, "CREATE TABLE t (x int);", "1_t.up.sql")
    write(tmp_path, "DROP TABLE t;", "1_t.down.sql")
    with pytest.raises(
        SchemaFileError, match="migrations of golang-migrate or sqlx, with ways down: give it with --migrations"
    ):
        load(server, tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(SchemaFileError, match=r"there is no \.sql file in it"):
        load(server, tmp_path / "empty")


@pytest.mark.parametrize(
    "encoded",
    [
        "CREATE TABLE t (a text DEFAULT 'é');\n".encode("utf-8-sig"),
        "CREATE TABLE t (a text DEFAULT 'é');\r\n".encode("utf-16"),
        "SET client_encoding = 'LATIN1';\nCREATE TABLE t (a text DEFAULT 'é');\n".encode("latin-1"),
        "SET client_encoding = 'SQL_ASCII';\r\nCREATE TABLE t (\r\n    a text DEFAULT 'é');\r\n".encode(),
    ],
)
def test_encodings_of_dumps_are_read(server: str, tmp_path: Path, encoded: bytes) -> None:
    path = tmp_path / "schema.sql"
    path.write_bytes(encoded)
    with scratch_database(schema_files=[path], server=server) as conninfo, psycopg.connect(conninfo) as conn:
        assert conn.execute("INSERT INTO t DEFAULT VALUES RETURNING a").fetchone() == ("é",)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PGDMP\x01\x0e\x00\x04", "custom format: make it text with pg_restore"),
        (b"\x1f\x8b\x08\x00", "compressed with gzip: unpack it first"),
        (b"SQLite format 3\x00", "is an SQLite database"),
        (b"toc.dat".ljust(257, b"\0") + b"ustar\x0000", "tar format becomes text with pg_restore"),
        (b"-- MySQL dump 10.13  Distrib 8.0.36\n--\n", "is a dump of MySQL or MariaDB, and not for PostgreSQL"),
        (b"/*!40101 SET NAMES utf8 */;\n", "is a dump of MySQL or MariaDB, and not for PostgreSQL"),
        (b"CREATE TABLE `a` (`id` int) ENGINE=InnoDB;\n", "is written for MySQL, and not for PostgreSQL"),
        (b"PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n", "is written for SQLite, and not for PostgreSQL"),
        (b"USE [shop]\nGO\n", "is written for SQL Server, and not for PostgreSQL"),
        (b"--\n-- PostgreSQL database cluster dump\n--\n", "by pg_dumpall, with its roles and databases: dump one"),
        (b"CREATE TABLE `a` (id int);\n", "PostgreSQL quotes names with double quotes; this looks like MySQL"),
        (b"CREATE TABLE ${schema}.a (id int);\n", "this looks like a placeholder"),
        (b"CREATE ROLE x;\n", "roles belong to the whole server"),
        (b"CREATE DATABASE x;\n\\connect x\n", "a schema file is one database: dump it without --create"),
        (b"CREATE TABLE a (x int) TABLESPACE fast;\n", "dump it with pg_dump --no-tablespaces"),
    ],
)
def test_what_is_no_schema_of_one_database_is_refused_with_what_to_do(
    server: str, tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "schema.sql"
    path.write_bytes(content)
    with pytest.raises(SchemaFileError, match=message):
        load(server, path)


def test_a_dump_of_a_newer_server_says_so_when_it_fails(server: str, tmp_path: Path) -> None:
    path = write(tmp_path, "-- Dumped from database version 99.1\n\nCREATE TABLE t (x int NEWER SYNTAX);\n")
    with pytest.raises(SchemaFileError, match="the dump is of PostgreSQL 99, the scratch server is"):
        load(server, path)


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER DATABASE %I CONNECTION LIMIT 0",
        "REVOKE ALL ON DATABASE %1$I FROM PUBLIC, %1$I",
        "ALTER ROLE %I PASSWORD 'x'",
        "ALTER DATABASE %I SET default_transaction_read_only = on",
    ],
)
def test_a_file_that_shuts_its_own_database_does_not_shut_us_out(server: str, tmp_path: Path, statement: str) -> None:
    shut = write(
        tmp_path, f"DO $$ BEGIN EXECUTE format('{statement.replace(chr(39), chr(39) * 2)}', current_user); END $$;"
    )
    after = write(tmp_path, "CREATE TABLE t (a int);", "after.sql")
    for files in ([shut, after], [after, shut]):
        with scratch_database(schema_files=files, server=server) as conninfo, psycopg.connect(conninfo) as conn:
            conn.execute("CREATE TEMP TABLE x AS SELECT a FROM t")


TRICKY = (
    "SELECT 1;\n",
    "SELECT ';\n';\n",
    "/* ;\n */",
    "-- ;\n",
    "DO $$;\n;\n$$;\n",
    "\\echo x\n",
    "SELECT (1;\n",
    ");\n",
    "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC;\nSELECT 1;\nEND;\n",
    "COPY t FROM stdin;\n;\n\\.\n",
    "é;\n",
)


@given(st.lists(st.sampled_from(TRICKY), max_size=25), st.integers(1, 60))
def test_a_script_is_split_the_same_in_chunks_of_any_size(pieces: list[str], size: int) -> None:
    text = "".join(pieces)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("plainsql.scratch.psql.CHUNK", 1 << 30)
        try:
            whole = list(split_script(text, "x.sql"))
        except SchemaFileError as error:
            patch.setattr("plainsql.scratch.psql.CHUNK", size)
            with pytest.raises(SchemaFileError, match=re.escape(str(error))):
                list(split_script(text, "x.sql"))
            return
        patch.setattr("plainsql.scratch.psql.CHUNK", size)
        assert list(split_script(text, "x.sql")) == whole


@pytest.mark.slow
def test_a_large_file_is_read_in_little_memory(server: str, tmp_path: Path) -> None:
    path = tmp_path / "large.sql"
    row = "INSERT INTO t VALUES ({0}, 'some text', 'it''s some other text that fills the line; {0}');\n"
    with path.open("w", encoding="utf-8") as file:
        file.write("CREATE TABLE t (a int, b text, c text);\n")
        file.writelines(row.format(number) for number in range(60_000))
    code = (
        "import resource, sys; from pathlib import Path; from plainsql.scratch.psql import split_script\n"
        "from plainsql.scratch.reading import read_schema_file\n"
        "steps = sum(1 for _ in split_script(read_schema_file(Path(sys.argv[1])).text, 'x'))\n"
        "print(steps, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    between = [sys.executable, "-c", "import subprocess, sys; subprocess.run(sys.argv[1:], check=True)"]
    command = [*between, sys.executable, "-c", code, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    steps, memory = (int(word) for word in done.stdout.split())
    assert steps == 60_001
    assert memory // (1024 if sys.platform == "darwin" else 1) < 150_000


def test_triggers_that_wait_for_commit_run_without_rights(server: str, tmp_path: Path) -> None:
    text = """
CREATE TABLE t (a int);
CREATE TABLE who (name text, is_super text);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO who VALUES (current_user, current_setting('is_superuser'));
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER late AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION f();
BEGIN;
INSERT INTO t VALUES (1);
COMMIT;
"""
    path = write(tmp_path, text)
    with scratch_database(schema_files=[path], server=server) as conninfo, psycopg.connect(conninfo) as conn:
        row = conn.execute("SELECT name, is_super FROM who").fetchone()
    assert row is not None
    assert row[0].startswith(PREFIX)
    assert row[1] == "off"


def test_role_and_database_are_dropped_also_when_the_file_stays_connected(server: str) -> None:
    before = traces(server)
    with untrusted_database(server) as database:
        lingering = psycopg.connect(database.conninfo)
        assert traces(server) != before
    assert traces(server) == before
    lingering.close()


def test_a_server_role_that_is_no_superuser_is_enough(server: str, tmp_path: Path) -> None:
    name = f"plainsql_test_builder_{secrets.token_hex(4)}"
    password = secrets.token_hex(8)
    role = sql.SQL("CREATE ROLE {} LOGIN CREATEDB CREATEROLE PASSWORD {}")
    with psycopg.connect(server, autocommit=True) as conn:
        conn.execute(role.format(sql.Identifier(name), sql.Literal(password)))
    try:
        load(make_conninfo(server, user=name, password=password), write(tmp_path, "CREATE TABLE t (a int);"))
    finally:
        with psycopg.connect(server, autocommit=True) as conn:
            conn.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


def test_what_killed_processes_left_is_dropped_after_a_day(server: str) -> None:
    name = f"{PREFIX}1000000_{'ab' * 6}"
    with psycopg.connect(server, autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(name)))
        conn.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(name)))
    with untrusted_database(server):
        assert not any(name in trace for trace in traces(server))


RICH = r"""
CREATE SCHEMA app;
CREATE TYPE app.mood AS ENUM ('sad', 'it''s ok');
CREATE DOMAIN app.posint AS int NOT NULL CHECK (VALUE > 0);
CREATE TABLE app."Order" (
    "Id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "user" text NOT NULL DEFAULT $a$x;y$a$,
    mood app.mood,
    n app.posint,
    words tsvector GENERATED ALWAYS AS (to_tsvector('english', "user")) STORED
);
CREATE TABLE app.part (id int NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE app.part_2024 PARTITION OF app.part FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE app.child (c int) INHERITS (app."Order");
CREATE VIEW app.v AS SELECT o."Id", p.at FROM app."Order" AS o LEFT JOIN app.part AS p ON p.id = o."Id";
CREATE MATERIALIZED VIEW app.counted AS SELECT count(*) AS n FROM app."Order";
CREATE FUNCTION app.f(x int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
/*
\restrict is no command here;
*/
RETURN x;
END $$;
CREATE FUNCTION app.g(x int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT x + 1; SELECT CASE WHEN x > 0 THEN 1 END; END;
CREATE FUNCTION app.t() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$;
CREATE TRIGGER t BEFORE UPDATE ON app."Order" FOR EACH ROW EXECUTE FUNCTION app.t();
ALTER TABLE app."Order" ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON app."Order" USING ("Id" > 0);
INSERT INTO app."Order" ("user", mood, n) VALUES (E'tab\there\nline\\', 'sad', 1), ('\.', NULL, 2), ('Zoë', NULL, 3);
"""


@pytest.mark.parametrize("option", ["--format=plain", "--inserts", "--encoding=LATIN1", "--clean", "--no-owner"])
def test_a_dump_of_pg_dump_is_loaded(server: str, empty_database: str, tmp_path: Path, option: str) -> None:
    with psycopg.connect(empty_database, autocommit=True) as conn:
        pg_dump = find_pg_dump(conn.info.server_version // 10000, tls=False)
        conn.execute(RICH)
    path = tmp_path / "dump.sql"
    options = [option, "--if-exists"] if option == "--clean" else [option]
    subprocess.run([pg_dump, empty_database, "-f", str(path), *options], check=True)
    with scratch_database(schema_files=[path], server=server) as conninfo, psycopg.connect(conninfo) as conn:
        rows = conn.execute('SELECT "user", mood, n FROM app."Order" ORDER BY n').fetchall()
        assert rows == [("tab\there\nline\\", "sad", 1), ("\\.", None, 2), ("Zoë", None, 3)]
        assert conn.execute("SELECT count(*) FROM app.v").fetchone() == (3,)


def test_a_dump_with_its_database_is_refused_with_what_to_do(server: str, empty_database: str, tmp_path: Path) -> None:
    with psycopg.connect(empty_database, autocommit=True) as conn:
        pg_dump = find_pg_dump(conn.info.server_version // 10000, tls=False)
    path = tmp_path / "dump.sql"
    subprocess.run([pg_dump, "--create", empty_database, "-f", str(path)], check=True)
    with pytest.raises(
        SchemaFileError, match=r"dump\.sql:\d+: .*\n    hint: a schema file is one database: dump it without"
    ):
        load(server, path)


def traces(server: str) -> list[str]:
    """Everything a file could leave on the server, apart from what other tests make at the same time."""
    with psycopg.connect(make_conninfo(server, dbname="postgres"), autocommit=True) as conn:
        rows = conn.execute(
            """
            SELECT 'database ' || datname FROM pg_database
                WHERE datname LIKE 'plainsql_untrusted%' OR datname LIKE '%trace%'
            UNION ALL SELECT 'role ' || rolname FROM pg_roles
                WHERE rolname LIKE 'plainsql_untrusted%' OR rolname LIKE '%trace%'
            UNION ALL SELECT 'tablespace ' || spcname FROM pg_tablespace
            UNION ALL SELECT 'setting ' || setdatabase || setrole || setconfig::text FROM pg_db_role_setting
            UNION ALL SELECT 'comment ' || description FROM pg_shdescription WHERE description LIKE '%trace%'
            UNION ALL SELECT 'file ' || name || ' ' || coalesce(setting, '') FROM pg_file_settings
                WHERE sourcefile LIKE '%auto.conf'
            UNION ALL SELECT 'large object ' || oid::text FROM pg_largeobject_metadata
            ORDER BY 1
            """
        ).fetchall()
    return [row[0] for row in rows]
