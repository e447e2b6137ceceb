"""The examples of docs/audit.md, in their order."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import psycopg

from plainsql import migrations
from tests.fixtures.databases import ROOT
from tests.fixtures.embedded import wait_for
from tests.fixtures.projects import Project

SCHEMA = """
CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    status text NOT NULL DEFAULT 'pending',
    total numeric(12, 2) NOT NULL,
    currency text NOT NULL DEFAULT 'EUR',
    gift_note text,
    card_number text,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz,
    label text GENERATED ALWAYS AS (status || ' ' || currency) STORED
);
"""
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_examples_run(project: Project, empty_database: str) -> None:
    text = (ROOT / "docs/audit.md").read_text()
    for path in ("migrations/0001.users.sql", "migrations/0001.users.rollback.sql", "queries/users.sql"):
        (project.root / path).unlink()
    project.write("migrations/0001.orders.sql", SCHEMA)
    project.write("migrations/0001.orders.rollback.sql", "DROP TABLE orders;")
    (queries,) = [block for language, block in BLOCK.findall(text) if language == "sql"]
    project.write("queries/orders.sql", queries)
    key = {"PLAINSQL_AUDIT_KEY": "k" * 64}
    with psycopg.connect(empty_database, autocommit=True) as conn:
        conn.execute(
            "DO $$ BEGIN CREATE ROLE plainsql_test_reader LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
        )
        for language, block in BLOCK.findall(text):
            if language == "sh":
                for line in block.splitlines():
                    run_line(project, line, empty_database, text, conn, key)
            elif language == "python":
                project.python(block, DATABASE_URL=empty_database)
            elif language == "postgresql":
                conn.execute(block.replace("'auditor'", "'plainsql_test_reader'").encode())
        found = conn.execute("SELECT actor_id, reason, count(*) FROM audit_logs GROUP BY 1, 2 ORDER BY 1").fetchall()
        assert found == [("42", "price fix", 2), ("dba", "ticket 7", 1), (None, None, 1)]
        conn.execute("DROP OWNED BY plainsql_test_reader")


def run_line(
    project: Project,
    line: str,
    database: str,
    text: str,
    conn: psycopg.Connection[tuple[object, ...]],
    key: dict[str, str],
) -> None:
    """Run one command; what the page says that it prints is what it prints."""
    if line.startswith("plainsql migrate"):
        printed = project.run(*line.split()[1:]).stdout
        assert all(f"    {said}\n" in text for said in printed.splitlines()), printed
        project.run("generate")
        project.run("check")
        migrations.apply(database, project.root / "migrations")
        return
    horizon = "SELECT max(txid) < pg_snapshot_xmin(pg_current_snapshot()) FROM audit_logs"
    wait_for(lambda: conn.execute(horizon).fetchone() == (True,), seconds=60)
    environment = project.environment | key | {"DATABASE_URL": database}
    command = [sys.executable, "-m", *line.split()]
    subprocess.run(command, cwd=project.root, env=environment, check=True, capture_output=True)
    assert (Path(project.root) / "heads.jsonl").read_text().count("\n") == 1
