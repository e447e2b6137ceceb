"""Migrations of other tools: told by their files, run in their own order, the ways down left out."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plainsql.errors import MigrationError, SchemaFileError
from plainsql.scratch import scratch_database
from plainsql.scratch.dialects import detect
from plainsql.scratch.reading import natural_key
from plainsql.scratch.sections import MARKERS, sectioned_by, up_part

UP = "CREATE TABLE {0} (x int);\n"
DOWN = "DROP TABLE {0};\n"


def lay(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def tables(server: str, folder: Path, *, foreign: bool = True) -> tuple[list[str], list[str]]:
    """Return the tables that the migrations of a folder make, in order, and what people are told."""
    notes: list[str] = []
    with (
        scratch_database(migrations=folder, server=server, foreign=foreign, note=notes.append) as conninfo,
        psycopg.connect(conninfo) as conn,
    ):
        rows = conn.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY oid"
        ).fetchall()
    return [row[0] for row in rows], notes


def sectioned(up: str, down: str) -> dict[str, str]:
    return {
        f"{number}_{table}.sql": f"{up}\n{UP.format(table)}{down}\n{DOWN.format(table)}"
        for number, table in (("2", "b"), ("10", "c"), ("1", "a"))
    }


FOLDERS = {
    "numbered files": {"1_a.sql": UP.format("a"), "2_b.sql": UP.format("b"), "10_c.sql": UP.format("c")},
    "Flyway": {
        "V1__a.sql": UP.format("a"),
        "V1.2__b.sql": UP.format("b"),
        "V1.10__c.sql": UP.format("c"),
        "U1__a.sql": DOWN.format("a"),
        "R__view.sql": "CREATE VIEW v AS SELECT x FROM c;\n",
        "afterMigrate.sql": DOWN.format("a"),
    },
    "golang-migrate or sqlx": {
        "20240101_a.up.sql": UP.format("a"),
        "20240101_a.down.sql": DOWN.format("a"),
        "20240102_b.up.sql": UP.format("b"),
        "20240102_b.down.sql": DOWN.format("b"),
        "20240103_c.up.sql": UP.format("c"),
    },
    "Prisma": {f"{n}_x/migration.sql": UP.format(t) for n, t in (("20240101", "a"), ("20240102", "b"), ("2025", "c"))},
    "Diesel": {
        f"2024-0{n}-01_x/{way}.sql": text.format(t)
        for n, t in ((1, "a"), (2, "b"), (3, "c"))
        for way, text in (("up", UP), ("down", DOWN))
    },
    "Postgrator": {
        f"{n}.{way}.x.sql": text.format(t)
        for n, t in ((2, "b"), (1, "a"), (10, "c"))
        for way, text in (("do", UP), ("undo", DOWN))
    },
    "goose": sectioned("-- +goose Up", "-- +goose Down"),
    "dbmate": sectioned("-- migrate:up transaction:false", "-- migrate:down"),
    "sql-migrate": sectioned("-- +migrate Up", "-- +migrate Down"),
    "node-pg-migrate": sectioned("-- Up Migration", "-- Down Migration"),
    "tern": sectioned("", "---- create above / drop below ----"),
    "Sqitch": {
        "sqitch.plan": "%project=x\n\na 2024-01-01 me\nb [a] 2024-01-02 me\n@v1 2024\nc 2024-01-03 me\n",
        **{f"deploy/{t}.sql": f"BEGIN;\n{UP.format(t)}COMMIT;\n" for t in "cba"},
        **{f"revert/{t}.sql": f"BEGIN;\n{DOWN.format(t)}COMMIT;\n" for t in "cba"},
    },
}  # fmt: skip


@pytest.mark.parametrize("tool", FOLDERS)
def test_migrations_of_a_tool_lead_up_in_its_order(server: str, tmp_path: Path, tool: str) -> None:
    made, notes = tables(server, lay(tmp_path, FOLDERS[tool]))
    assert made == ["a", "b", "c"]
    assert len(notes) == 1
    shown = tool if tool == "numbered files" else f"migrations of {tool}"
    assert notes[0].startswith(f"{tmp_path}: taken for {shown}: ")


def test_a_project_s_own_numbered_files_stay_with_yoyo(server: str, tmp_path: Path) -> None:
    lay(tmp_path, {"0001.a.sql": UP.format("a"), "0001.a.rollback.sql": DOWN.format("a"), "0002.b.sql": UP.format("b")})
    for foreign in (True, False):
        with pytest.raises(MigrationError, match=r"0002\.b\.sql: no 0002\.b\.rollback\.sql"):
            tables(server, tmp_path, foreign=foreign)


def test_a_failing_migration_is_named_with_its_line(server: str, tmp_path: Path) -> None:
    lay(
        tmp_path,
        FOLDERS["goose"] | {"3_bad.sql": "-- +goose Down\nDROP TABLE z;\n\n-- +goose Up\nSELECT 1;\nCREAT x;\n"},
    )
    with pytest.raises(SchemaFileError, match=r'3_bad\.sql:6: syntax error at or near "CREAT"'):
        tables(server, tmp_path)


def test_migrations_of_a_tool_have_no_rights_on_the_server(server: str, tmp_path: Path) -> None:
    lay(tmp_path, {"1_x.up.sql": "CREATE ROLE plainsql_trace SUPERUSER;", "1_x.down.sql": "DROP ROLE plainsql_trace;"})
    with pytest.raises(SchemaFileError, match=r"1_x\.up\.sql:1: .*\n    hint: roles belong to the whole server"):
        tables(server, tmp_path, foreign=False)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"env.py": "", "versions/1.py": "import alembic"}, "alembic upgrade head --sql"),
        ({"0001_initial.py": "from django.db import migrations"}, "Django's migrations are Python"),
        ({"1_x.js": "exports.up = 1"}, "these migrations are programs"),
        ({"README": ""}, r"there is no \.sql file in it"),
        ({"1_x.sql": "-- +goose Up\nSELECT 1;", "2_y.sql": ";"}, r"2_y\.sql: has no section that leads up, as goose"),
    ],
)  # fmt: skip
def test_what_holds_no_way_up_is_refused_with_a_way_out(
    server: str, tmp_path: Path, files: dict[str, str], message: str
) -> None:
    with pytest.raises(MigrationError, match=message):
        tables(server, lay(tmp_path, files))


def test_flyway_starts_at_the_last_baseline() -> None:
    names = ("V1__a.sql", "V2__b.sql", "B2__base.sql", "V3__c.sql", "B1__old.sql")
    assert detect(dict.fromkeys(names, "")).names == ("B2__base.sql", "V3__c.sql")


LINES = st.sampled_from(
    ["SELECT 1;", "", "-- +goose Up", "-- +goose Down", "-- migrate:up", "--migrate:down", "-- Up Migration", "/*", "x"]
)


@given(st.lists(LINES, max_size=12), st.sampled_from(sorted(MARKERS)))
def test_the_way_up_keeps_every_line_where_it_was(lines: list[str], tool: str) -> None:
    text = "\n".join(lines)
    part = up_part(text, tool)
    if part is None:
        assert sectioned_by(text) != tool
        return
    assert part.count("\n") == text.count("\n")
    assert all(kept in ("", line) for kept, line in zip(part.split("\n"), lines or [""], strict=True))


@given(st.lists(st.text("0123456789ab_./", max_size=8), max_size=8))
def test_natural_order_is_an_order(names: list[str]) -> None:
    ordered = sorted(names, key=natural_key)
    assert sorted(ordered, key=natural_key) == ordered


def test_natural_order_puts_2_before_10() -> None:
    names = ["10_b.sql", "2_a.sql", "01_x.sql", "2_A/10.sql", "2_a/9.sql"]
    assert sorted(names, key=natural_key)[0] == "01_x.sql"
    assert sorted(names, key=natural_key)[-1] == "10_b.sql"
    assert natural_key("a2") < natural_key("a10")
