"""`plainsql migrate add audit`, `plainsql audit` and the drift that `plainsql check` finds, as a user meets them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from plainsql import migrations
from plainsql.auditing.secret_columns import is_secret_name
from tests.fixtures.audited import entries
from tests.fixtures.embedded import wait_for
from tests.fixtures.projects import Project

ADD = ("migrate", "add", "audit")


def test_the_command_writes_a_migration_and_says_what_it_will_keep(project: Project, empty_database: str) -> None:
    project.write("migrations/0002.more.sql", "ALTER TABLE users ADD password_hash text, ADD api_key text;")
    project.write("migrations/0002.more.rollback.sql", "ALTER TABLE users DROP password_hash, DROP api_key;")
    done = project.run(*ADD, "--table", "users", "--redact", "email", "--plain", "api_key")
    assert done.stdout.splitlines() == [
        "users: key id, 10 columns; redacted: email, password_hash",
        "wrote migrations/0003.audit.sql",
        "wrote migrations/0003.audit.rollback.sql",
    ]
    assert project.read("migrations/0003.audit.sql").startswith(
        "-- depends: 0002.more\n-- Entries in audit_logs for every change of users.\nSET LOCAL lock_timeout = '2s';\n"
    )
    again = project.run(*ADD, "--table", "users").stdout
    assert "audited already: users: key id, 10 columns; redacted: email, password_hash" in again
    assert "--redact COLUMN would redact another column" in again
    assert not (project.root / "migrations/0004.audit-users.sql").exists()
    migrations.apply(empty_database, project.root / "migrations")
    before = migrations.schema_dump(empty_database)
    migrations.rollback_all(empty_database, project.root / "migrations")
    migrations.apply(empty_database, project.root / "migrations")
    assert migrations.schema_dump(empty_database) == before
    project.run("generate")
    assert "checked: 0 errors" in project.run("check").stdout


def test_what_cannot_be_done_is_said_and_nothing_is_written(project: Project) -> None:
    assert "no table usrs: did you mean users?" in project.run(*ADD, "--table", "usrs", code=2).stderr
    assert "no such column" in project.run(*ADD, "--table", "users", "--redact", "emial", code=2).stderr
    assert (
        "either --redact or --plain"
        in project.run(*ADD, "--table", "users", "--redact", "email", "--plain", "email", code=2).stderr
    )
    assert len(list((project.root / "migrations").iterdir())) == 2


def test_a_key_that_looks_like_a_secret_is_refused_unless_it_is_said_to_be_none(project: Project) -> None:
    project.write("migrations/0002.links.sql", "CREATE TABLE links (token text PRIMARY KEY, target text);")
    project.write("migrations/0002.links.rollback.sql", "DROP TABLE links;")
    refused = project.run(*ADD, "--table", "links", code=2).stderr
    assert "links: token looks like a secret and belongs to the primary key" in refused
    assert "say --plain token" in refused
    done = project.run(*ADD, "--table", "links", "--plain", "token").stdout
    assert "links: key token, 2 columns; redacted: none" in done


def test_another_folder_can_take_the_migration(project: Project) -> None:
    project.run(*ADD, "--table", "users", "--dir", "review")
    assert sorted(path.name for path in (project.root / "review").iterdir()) == [
        "0001.audit.rollback.sql",
        "0001.audit.sql",
    ]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("ALTER TABLE users ADD phone text", "the audit of users has drifted: the column phone came later"),
        ("ALTER TABLE users DROP nickname", "the audit of users has drifted: the trigger is not what would be written"),
        ("ALTER TABLE users DISABLE TRIGGER audit_delete", "the triggers audit_delete of users are switched off"),
        ("DROP TRIGGER audit_insert ON users", "users lacks the triggers audit_insert: writes to it are not recorded"),
        (
            "UPDATE audit.tables SET redacted = '{}'; ALTER TABLE users ADD api_token text",
            "would keep the values of api_token, which seems secret",
        ),
        ("ALTER TABLE users DROP CONSTRAINT users_pkey", "users has no primary key"),
        ("ALTER FUNCTION audit.log_users() SECURITY INVOKER", "has lost SECURITY DEFINER or its search_path"),
        (
            "CREATE OR REPLACE FUNCTION audit.log_users() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
            "the audit of users has drifted",
        ),
    ],
)
def test_check_finds_a_trigger_that_is_not_what_would_be_written(project: Project, change: str, says: str) -> None:
    project.run(*ADD, "--table", "users")
    project.write("queries/users.sql", "-- name: list_users\nSELECT id FROM users ORDER BY id;\n")
    project.write("migrations/0003.change.sql", f"-- irreversible: a test's\n{change};")
    project.run("generate")
    done = project.run("check", code=1)
    assert says in done.stderr
    assert "migrations/0002.audit.sql:" in done.stderr


def test_check_finds_a_partition_that_is_not_covered(project: Project) -> None:
    project.write(
        "migrations/0002.events.sql",
        """
        -- irreversible: a test's
        CREATE TABLE events (id int, day date, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
        """,
    )
    project.run(*ADD, "--table", "events")
    project.write(
        "migrations/0004.day.sql",
        """
        -- irreversible: a test's
        CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
        """,
    )
    project.run("generate")
    done = project.run("check", code=1)
    assert "events_1 lacks the triggers audit_delete, audit_insert, audit_truncate, audit_update" in done.stderr
    assert "hint: SELECT audit.cover('events')" in done.stderr
    project.write(
        "migrations/0005.cover.sql",
        "-- irreversible: a test's\nDO $$ BEGIN PERFORM audit.cover('events'); END $$;",
    )
    project.run("generate")
    assert "0 errors" in project.run("check").stdout


def test_the_audit_is_sealed_and_verified_from_the_shell(project: Project, empty_database: str, tmp_path: Path) -> None:
    project.run(*ADD, "--table", "users")
    migrations.apply(empty_database, project.root / "migrations")
    heads = tmp_path / "heads.jsonl"

    def run(*arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        environment = project.environment | {"PLAINSQL_AUDIT_KEY": "k" * 64, "DATABASE_URL": empty_database}
        command = [sys.executable, "-m", "plainsql", "audit", *arguments]
        done = subprocess.run(command, cwd=project.root, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr
        return done

    with psycopg.connect(empty_database, autocommit=True) as conn:
        conn.execute("INSERT INTO users (email) VALUES ('a'), ('b')")
        assert len(entries(conn)) == 2
        horizon = "SELECT max(txid) < pg_snapshot_xmin(pg_current_snapshot()) FROM audit_logs"
        wait_for(lambda: conn.execute(horizon).fetchone() == (True,), seconds=60)
        assert "nothing is proved" in run("verify", code=1).stdout
        sealed = run("seal", "--export", str(heads), "--months", "13")
        assert sealed.stdout.splitlines()[-1] == f"2 entries sealed under 1 seal, 1 head exported to {heads}"
        assert sealed.stdout.startswith("made audit.logs_")
        assert run("verify", "--heads", str(heads)).stdout == "1 seal over 2 entries hold\n"
        conn.execute("SET session_replication_role = replica")
        conn.execute("UPDATE audit_logs SET actor_id = 'me' WHERE id = 2")
        found = run("verify", "--heads", str(heads), code=1)
        assert found.stdout == 'altered: entry 2 of users {"id": 2}, in seal 1, was altered after it was sealed\n'
    os.environ.pop("PLAINSQL_AUDIT_KEY", None)


@pytest.mark.parametrize(
    "name",
    [
        "password_hash",
        "ssn",
        "ssn_bidx",
        "token_hash",
        "card_number",
        "apiKey",
        "api_key",
        "cvv",
        "PasswordHash",
        "user_pin",
        "totp2_secret",
    ],
)
def test_names_that_say_secret(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name", ["idempotency_key", "sku", "is_pinned", "tokenizer", "name", "public_id", "salty", "keyboard", "session_id"]
)
def test_names_that_do_not(name: str) -> None:
    assert not is_secret_name(name)
