"""
What an audit costs: an update of 20,000 rows against one without audit and one by a trigger for each row, and what it
costs to say who is at work.

Run `python -m bench.audit`; exits with 1 when a ratio is above its limit.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from bench.calls import server
from plainsql import Database, execute, migrations
from plainsql.auditing.adding import Wishes, add_audit
from plainsql.execute import Statement

AGAINST_ROWS = "an audited update of 20,000 rows, x by a row trigger that compares JSON"
AGAINST_NONE = "an audited update of 20,000 rows, x without audit"
SINGLE = "an audited update of one row, x without audit"
TRANSACTION = "a transaction with an actor, x without"
WRITE = "a single write with an actor, x without"
READ = "a read with an actor, x without"
LIMITS = {AGAINST_ROWS: 0.8, AGAINST_NONE: 12.0, SINGLE: 6.0, TRANSACTION: 1.5, WRITE: 1.8, READ: 1.1}
"""The most that it may cost."""

SCHEMA = """
CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id uuid NOT NULL DEFAULT gen_random_uuid(),
    customer_id bigint NOT NULL DEFAULT 1,
    status text NOT NULL DEFAULT 'pending',
    total numeric(12, 2) NOT NULL,
    currency text NOT NULL DEFAULT 'EUR',
    ordered_at timestamptz NOT NULL DEFAULT now(),
    note text,
    version integer NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO orders (total) SELECT g FROM generate_series(1, 20000) AS g;
CREATE TABLE plain (LIKE orders INCLUDING ALL);
INSERT INTO plain OVERRIDING SYSTEM VALUE SELECT * FROM orders;
CREATE TABLE by_row (LIKE orders INCLUDING ALL);
INSERT INTO by_row OVERRIDING SYSTEM VALUE SELECT * FROM orders;
"""
ROW_TRIGGER = """
CREATE FUNCTION log_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    o jsonb := to_jsonb(OLD);
    n jsonb := to_jsonb(NEW);
    before jsonb;
    after jsonb;
BEGIN
    SELECT jsonb_object_agg(e.key, o -> e.key), jsonb_object_agg(e.key, e.value) INTO before, after
    FROM jsonb_each(n) AS e WHERE e.value IS DISTINCT FROM o -> e.key;
    IF before IS NOT NULL THEN
        INSERT INTO audit_logs (at, table_name, record_pk, action, txid, old, new)
        VALUES (clock_timestamp(), 'by_row', jsonb_build_object('id', NEW.id), 'UPDATE', pg_current_xact_id(),
            before, after);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER log_row AFTER UPDATE ON by_row FOR EACH ROW EXECUTE FUNCTION log_row();
"""
ROUNDS, CALLS = 15, 100


def run() -> dict[str, float]:
    """Return the ratios."""
    name = f"plainsql_test_bench_{time.time_ns()}"
    with server() as conninfo, psycopg.connect(conninfo, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            database = psycopg.conninfo.make_conninfo(conninfo, dbname=name)
            make_tables(database)
            return bulk(database) | calls(database)
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def make_tables(conninfo: str) -> None:
    """Make an audited table, one without audit and one with a row trigger."""
    with tempfile.TemporaryDirectory() as folder, psycopg.connect(conninfo, autocommit=True) as conn:
        (Path(folder) / "0001.schema.sql").write_text(f"-- irreversible: a bench's\n{SCHEMA}")
        migrations.apply(conninfo, Path(folder))
        add_audit(conn, Path(folder), Wishes(tables=["orders"]))
        migrations.apply(conninfo, Path(folder))
        conn.execute(ROW_TRIGGER)


def bulk(conninfo: str) -> dict[str, float]:
    """Compare updates of all rows; the audit is emptied in between."""
    times: dict[str, list[float]] = {"orders": [], "plain": [], "by_row": []}
    with psycopg.connect(conninfo, autocommit=True) as conn:
        for _ in range(5):
            for table, found in times.items():
                update = sql.SQL("UPDATE {} SET total = total + 1, version = version + 1, updated_at = now()")
                started = time.perf_counter()
                conn.execute(update.format(sql.Identifier(table)))
                found.append(time.perf_counter() - started)
                conn.execute("SET session_replication_role = replica")
                conn.execute("TRUNCATE audit_logs")
                conn.execute("RESET session_replication_role")
                conn.execute(sql.SQL("VACUUM {}").format(sql.Identifier(table)))
    best = {table: min(found) for table, found in times.items()}
    return {AGAINST_ROWS: best["orders"] / best["by_row"], AGAINST_NONE: best["orders"] / best["plain"]}


def calls(conninfo: str) -> dict[str, float]:
    """Compare single calls."""

    def update(table: str) -> Statement[Any]:
        return Statement(
            name="bench.update",
            file="bench/audit.py",
            line=1,
            sql=f"UPDATE {table} SET total = total + 1 WHERE id = $1",  # type: ignore[arg-type]  # names of this file
            params=("id",),
            dump_oids=(20,),
            bind_oids=(20,),
            writes=True,
        )

    read: Statement[Any] = Statement(name="bench.read", file="bench/audit.py", line=1, sql="SELECT 1", load_oids=(23,))
    plain, audited = update("plain"), update("orders")
    with Database.open(conninfo, tenancy=False) as db:

        def in_transaction() -> None:
            with db.transaction() as tx:
                execute.execute(tx, plain, (471,))

        def one_write() -> None:
            execute.execute(db, plain, (471,))

        def one_read() -> None:
            execute.fetch_value(db, read)

        def acting() -> AbstractContextManager[Any]:
            return db.actor(user_id=42, request_id="5a0c1f0e-request", reason="a reason")

        return {
            SINGLE: compare(lambda: execute.execute(db, audited, (471,)), one_write),
            TRANSACTION: compare(in_transaction, in_transaction, acting),
            WRITE: compare(one_write, one_write, acting),
            READ: compare(one_read, one_read, acting),
        }


def compare(
    one: Callable[[], Any], other: Callable[[], Any], around: Callable[[], AbstractContextManager[Any]] = nullcontext
) -> float:
    """Return the ratio of two calls' medians, measured in turns; *around* is a block that the first is called in."""
    times: dict[int, list[float]] = {0: [], 1: []}
    for _ in range(ROUNDS):
        for number, call in enumerate((one, other)):
            with around() if number == 0 else nullcontext():
                started = time.perf_counter()
                for _ in range(CALLS):
                    call()
                times[number].append(time.perf_counter() - started)
    return statistics.median(times[0]) / statistics.median(times[1])


def main() -> int:
    """Print the ratios; return 1 when one is above its limit."""
    found = run()
    for name, ratio in found.items():
        print(f"{name:75} {ratio:.2f} (at most {LIMITS[name]:.2f})")
    return int(any(ratio > LIMITS[name] for name, ratio in found.items()))


if __name__ == "__main__":
    sys.exit(main())
