"""The demo, on a small scale: what it prints, what it leaves in its database, what it refuses."""

from __future__ import annotations

import os
import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from shop.demo import tpch
from shop.demo.together import together
from tests.fixtures.databases import ROOT

SCALE = "0.002"
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


@pytest.fixture
def database(server: str) -> Iterator[str]:
    """The name of a database for the demo to make; dropped at the end."""
    name = f"plainsql_test_{secrets.token_hex(6)}"
    yield name
    with psycopg.connect(server, autocommit=True) as conn:
        conn.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def command(server: str, database: str, columns: int) -> tuple[list[str], dict[str, str]]:
    """Return how the demo is started, and its environment."""
    environment = os.environ | {"DATABASE_URL": server, "COLUMNS": str(columns), "PYTHONWARNINGS": "error"}
    return [sys.executable, "-m", "shop.demo", "--scale", SCALE, "--database", database], environment


def run(server: str, database: str, columns: int = 80) -> subprocess.CompletedProcess[str]:
    arguments, environment = command(server, database, columns)
    return subprocess.run(
        arguments, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.slow
def test_the_demo_runs_twice_and_prints_for_people_and_pipes(server: str, database: str) -> None:
    for columns in (80, 120):
        done = run(server, database, columns)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        assert CONTROL.findall(done.stdout) == []
        assert max(len(line) for line in done.stdout.splitlines()) <= columns
        for text in (
            "orders placed",
            "never below zero",
            "rolled back to its savepoint",
            "gift_note - → Many happy",
            "the order as it was placed, rebuilt: pending",
            "a second write of version 1: refused",
            "user_id of sessions 1 is deleted",
            "user 1 can't be restored: email is user 2's now",
            "user 1 is back as ada@example.org",
            "top_customers",
            "revenue_by_month",
            "product_ranking",
            "order 100000001",
            "without a tenant: TenantRequiredError, nothing was sent",
            "-- name: get_order(order_id)^",
            "def get_order(conn: Conn, /, *, order_id: int)",
        ):
            assert text in done.stdout, text
    check_rows(server, database)


def check_rows(server: str, database: str) -> None:
    """Check what the demo left: each of these must be empty."""
    faults = {
        "an order's total is not the sum of its lines": """
            SELECT o.id FROM orders AS o JOIN order_items AS i ON i.order_id = o.id
            GROUP BY o.id HAVING o.total <> sum(i.line_total)""",
        "an order has no lines": "SELECT id FROM orders WHERE id NOT IN (SELECT order_id FROM order_items)",
        "reserved is not the sum of the reservations": """
            SELECT i.product_id FROM inventory AS i
            LEFT JOIN (
                SELECT product_id, warehouse_id, sum(quantity) AS quantity FROM reservations GROUP BY 1, 2
            ) AS r USING (product_id, warehouse_id)
            WHERE i.reserved <> coalesce(r.quantity, 0)""",
        "a payment is not of the order's amount": """
            SELECT p.id FROM payments AS p JOIN orders AS o ON o.id = p.order_id WHERE p.amount <> o.total""",
        "a product that sold out has pieces left": """
            SELECT p.id FROM products AS p JOIN inventory AS i ON i.product_id = p.id
            WHERE p.sku LIKE 'D-%' AND i.on_hand <> i.reserved""",
        "an index is missing or invalid": """
            SELECT 1 FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
            WHERE c.relnamespace = 'public'::regnamespace AND c.relname LIKE '%_idx'
                AND i.indrelid::regclass::text !~ '^(events|audit_logs)'
            HAVING count(*) < 16 OR NOT bool_and(i.indisvalid)""",
    }
    with psycopg.connect(make_conninfo(server, dbname=database)) as conn:
        for fault, query in faults.items():
            assert conn.execute(query).fetchall() == [], fault  # type: ignore[call-overload]  # text of this test
        statuses = {status for (status,) in conn.execute("SELECT DISTINCT status FROM orders")}
        assert statuses == {"pending", "processing", "paid", "shipped", "delivered", "cancelled"}


def test_a_database_that_the_demo_did_not_make_is_refused(server: str, database: str) -> None:
    with psycopg.connect(server, autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
    done = run(server, database)
    assert done.returncode == 1
    assert (
        done.stderr
        == f"shop.demo: the database {database} was not made by the demo: choose another with --database NAME\n"
    )


def test_ctrl_c_ends_the_demo_in_one_line(server: str, database: str) -> None:
    arguments, environment = command(server, database, 80)
    with subprocess.Popen(
        arguments, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "Load by COPY" in line:
                break
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors == "shop.demo: interrupted\n"


def test_ctrl_c_while_the_demo_is_read_is_one_line_too(server: str, database: str) -> None:
    """psycopg is among the first things it imports; here somebody presses Ctrl-C then."""
    script = """
import runpy, sys
class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == "psycopg":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupt())
runpy.run_module("shop.demo", run_name="__main__")
"""
    _, environment = command(server, database, 80)
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "shop.demo: interrupted\n")


def test_a_server_that_does_not_answer_is_one_message(database: str) -> None:
    done = run("postgresql://postgres@127.0.0.1:1/postgres", database)
    assert done.returncode == 1
    assert done.stderr.startswith("shop.demo: connection failed")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("number", "state", "day", "status"),
    [
        (1, "F", "1993-01-01", "delivered"),
        (1, "P", "1995-06-01", "shipped"),
        (1, "O", "1998-05-31", "paid"),
        (1, "O", "1998-06-01", "pending"),
        (2, "O", "1998-06-01", "processing"),
    ],
)
def test_tpch_states_become_ours(number: int, state: str, day: str, status: str) -> None:
    assert tpch.order_status(number, state, day) == status


def test_tpch_lines_are_priced_in_whole_cents_and_returned_orders_cancelled(tmp_path: Path) -> None:
    (tmp_path / "lineitem.tbl").write_text(
        "1|7|4|1|3|100.00|0.10|0.05|R|F|rest|\n1|8|4|2|1|0.99|0.00|0.00|R|F|rest|\n2|7|4|1|1|5.00|0.00|0.08|N|O|rest|\n"
    )
    (tmp_path / "orders.tbl").write_text("1|5|F|0|1995-01-01|rest|\n2|5|O|0|1998-08-01|rest|\n")
    found = tpch.sales(tmp_path)
    assert found.items == ["1\t1\t7\t3\t31.50\n", "1\t2\t8\t1\t0.99\n", "2\t1\t7\t1\t5.40\n"]
    assert [line.split("\t")[2:4] for line in found.orders] == [["cancelled", "95.49"], ["processing", "5.40"]]
    assert [line.split("\t")[:3] for line in found.payments] == [
        ["1", "95.49", "refunded"],
        ["2", "5.40", "processing"],
    ]


def test_a_job_that_fails_stops_the_others() -> None:
    def fail(_: Event) -> None:
        raise ValueError("broken")

    def wait(stop: Event) -> None:
        if not stop.wait(10):
            raise TimeoutError

    start = time.monotonic()
    with pytest.raises(ValueError, match="broken"):
        together(wait, fail, wait)
    assert time.monotonic() - start < 5
