"""
What a tenant's call costs: against the same call without a tenant, and against a transaction with set_config by hand.

Run `python -m bench.tenants`; exits with 1 when a ratio is above its limit.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import psycopg
from psycopg import sql

from bench.calls import server
from plainsql import Database, execute
from plainsql.execute import Statement
from plainsql.queries.roles import create_app_role

LIMITS = {
    "a tenant's call, one row, x the same call without": 1.80,
    "a tenant's call, one row, x BEGIN, set_config, COMMIT by hand": 0.90,
}
"""The most that it may cost."""

TENANT = "00000000-0000-4000-8000-000000000001"
GET: Statement[Any] = Statement(
    name="bench.get_product",
    file="bench/tenants.py",
    line=1,
    sql="SELECT id, name FROM bench_tenant_products WHERE id = $1",
    params=("id",),
    dump_oids=(20,),
    bind_oids=(20,),
    row=lambda *values: values,
    load_oids=(20, 25),
)
ROUNDS, CALLS = 25, 200


def run() -> dict[str, float]:
    """Return the ratios."""
    name = f"plainsql_test_bench_{time.time_ns()}"
    with server() as conninfo, psycopg.connect(conninfo, autocommit=True) as admin:
        create_app_role(admin)
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            return measure(psycopg.conninfo.make_conninfo(conninfo, dbname=name))
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def measure(conninfo: str) -> dict[str, float]:
    """Compare on a table without policies, so that the way to the server is all that differs."""
    with psycopg.connect(conninfo, autocommit=True) as conn:
        conn.execute(
            "CREATE TABLE bench_tenant_products AS"
            " SELECT g::bigint AS id, 'product ' || g AS name FROM generate_series(1, 1000) AS g"
        )
        conn.execute("ALTER TABLE bench_tenant_products ADD PRIMARY KEY (id)")
        conn.execute("GRANT SELECT ON bench_tenant_products TO app_user")
    app = psycopg.conninfo.make_conninfo(conninfo, user="app_user")
    with Database.open(app, tenancy=False) as db, db.tenant(TENANT) as t, db.connection() as conn:

        def by_hand() -> Any:
            with conn.transaction():
                conn.execute("SELECT set_config('app.tenant_id', %s, true)", (TENANT,))
                return conn.execute("SELECT id, name FROM bench_tenant_products WHERE id = %s", (471,)).fetchone()

        def plain() -> Any:
            return execute.fetch_one(db, GET, (471,))

        def tenants() -> Any:
            return execute.fetch_one(t, GET, (471,))

        assert by_hand() == plain() == tenants()
        times: dict[Callable[[], Any], list[float]] = {by_hand: [], plain: [], tenants: []}
        calls = list(times)
        for round_ in range(ROUNDS):
            for call in calls[round_ % 3 :] + calls[: round_ % 3]:
                started = time.perf_counter()
                for _ in range(CALLS):
                    call()
                times[call].append((time.perf_counter() - started) / CALLS * 1e6)
    median = {call: statistics.median(found) for call, found in times.items()}
    without, hand = LIMITS
    return {without: median[tenants] / median[plain], hand: median[tenants] / median[by_hand]}


def main() -> int:
    """Print the ratios; return 1 when one is above its limit."""
    found = run()
    for name, ratio in found.items():
        print(f"{name:64} {ratio:.2f} (at most {LIMITS[name]:.2f})")
    return int(any(ratio > LIMITS[name] for name, ratio in found.items()))


if __name__ == "__main__":
    sys.exit(main())
