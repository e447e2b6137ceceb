"""`check --tenants`: what keeps the shop's tenants apart is proved, and each way to break it turns the proof red."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from typer.testing import CliRunner

from plainsql import Tenancy
from plainsql.cli.main import app
from plainsql.codegen.session import Session
from plainsql.config import load_config
from plainsql.describe.model import Description
from plainsql.errors import ConfigError
from plainsql.isolation.check import check_tenants
from plainsql.isolation.patterns import sample, texts_for
from plainsql.isolation.report import Report
from tests.fixtures.databases import ROOT, temporary_database
from tests.fixtures.tenants import SCHEMA

TENANCY = Tenancy(definers=("app.products_matching", "app.products_named_like"))


@pytest.fixture(scope="module")
def descriptions(shop_template: str) -> list[Description]:
    """The shop's queries."""
    with psycopg.connect(shop_template, autocommit=True) as conn:
        described = Session(load_config(ROOT), conn, is_fixed=True).describe()
    return [description for found in described.descriptions.values() for description in found]


@pytest.fixture
def conn(shop_database: str) -> Iterator[psycopg.Connection[Any]]:
    """The owner of a shop of its own for each breakage."""
    with psycopg.connect(shop_database, autocommit=True) as opened:
        yield opened


def leaks(report: Report) -> dict[str, str]:
    return {proof.name: proof.detail for proof in report.proofs if proof.verdict == "LEAK"}


def codes(report: Report, level: str = "error") -> set[tuple[str, str]]:
    return {(finding.code, finding.object) for finding in report.findings if finding.level == level}


def test_the_shop_keeps_its_tenants_apart_by_every_table_function_and_query(
    conn: psycopg.Connection[Any], descriptions: list[Description]
) -> None:
    for _ in range(2):  # the first leaves nothing behind that the second would see
        report = check_tenants(conn, TENANCY, descriptions)
        assert (leaks(report), report.findings, [fill for fill in report.fills if fill.problem]) == ({}, [], [])
        assert not report.failed
    seen = {proof.name for proof in report.proofs if proof.verdict == "kept apart"}
    assert {"customers", "tenants", "app.products_named_like(text)", "products.search_products"} <= seen
    ran = [proof for proof in report.proofs if proof.kind == "query" and proof.verdict != "not run"]
    nothing = {proof.name for proof in ran if proof.verdict == "nothing seen"}
    assert len(ran) == len([description for description in descriptions if description.query.kind != "script"])
    not_the_applications = {name for name in nothing if name.startswith("audit.")}
    assert len(not_the_applications) == 4
    assert len(nothing - not_the_applications) <= 12, nothing
    assert conn.execute("SELECT count(*) FROM customers").fetchone() == (0,)


BREAKAGES: list[tuple[str, set[str], set[str]]] = [
    ("DROP POLICY orders_are_the_tenants ON orders", {"no-policy"}, set()),
    (
        "ALTER TABLE orders DISABLE ROW LEVEL SECURITY",
        {"no-row-security"},
        {"orders", "orders.pending_orders", "orders.set_gift_note"},
    ),
    ("ALTER TABLE orders NO FORCE ROW LEVEL SECURITY", {"not-forced"}, set()),
    ("ALTER POLICY orders_are_the_tenants ON orders USING (true)", set(), {"orders", "orders.set_gift_note"}),
    ("ALTER POLICY orders_are_the_tenants ON orders WITH CHECK (true)", set(), {"orders"}),
    ("CREATE POLICY open ON customers FOR SELECT USING (loyalty_points >= 0)", set(), {"customers"}),
    (
        "ALTER POLICY orders_are_the_tenants ON orders USING (tenant_id = current_setting('app.tenant_id')::uuid)",
        {"setting-not-guarded"},
        {"orders"},
    ),
    (
        "CREATE OR REPLACE FUNCTION app.tenant_id() RETURNS uuid LANGUAGE sql STABLE"
        " RETURN current_setting('app.tenant_id', true)::uuid",
        {"setting-not-guarded"},
        {"orders", "customers"},
    ),
    ("CREATE VIEW rich AS SELECT * FROM customers; GRANT SELECT ON rich TO app_user", {"view-of-its-owner"}, {"rich"}),
    (
        "CREATE VIEW inner_view AS SELECT * FROM customers; CREATE VIEW outer_view WITH (security_invoker) AS"
        " SELECT count(*) FROM inner_view; GRANT SELECT ON inner_view, outer_view TO app_user",
        {"view-of-its-owner"},
        {"inner_view", "outer_view"},
    ),
    (
        "CREATE MATERIALIZED VIEW sums AS SELECT count(*) FROM customers; GRANT SELECT ON sums TO app_user",
        {"materialised-view"},
        set(),
    ),
    (
        "CREATE FUNCTION app.spent() RETURNS numeric LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''"
        " AS 'SELECT sum(total) FROM public.orders'",
        {"definer-reads-tenants"},
        {"app.spent()"},
    ),
    (
        "CREATE FUNCTION app.loud() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
        {"definer-without-search-path"},
        set(),
    ),
    (
        "ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey,"
        " ADD CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id)",
        {"reference-without-tenant"},
        {"orders.create_order"},
    ),
    (
        "ALTER TABLE products DROP CONSTRAINT products_sku_key, ADD CONSTRAINT products_sku_key UNIQUE (sku)",
        {"key-without-tenant"},
        {"products.create_product"},
    ),
    (
        "CREATE OR REPLACE FUNCTION app.products_named_like(name text) RETURNS SETOF bigint LANGUAGE sql STABLE STRICT"
        " SECURITY DEFINER SET search_path = public AS 'SELECT id FROM products WHERE $1 % name'",
        set(),
        {"app.products_named_like(text)"},
    ),
    (
        "CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$"
        " BEGIN UPDATE products SET stock = stock + 1; RETURN NULL; END $$;"
        "CREATE TRIGGER tell AFTER INSERT ON categories FOR EACH ROW EXECUTE FUNCTION tell()",
        {"definer-reads-tenants"},
        {"products.create_category"},
    ),
    (
        "CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$"
        " BEGIN EXECUTE 'UPDATE products SET stock = stock + 1'; RETURN NULL; END $$",
        {"definer-reads-tenants"},
        set(),
    ),
    ("ALTER TABLE orders ALTER tenant_id DROP NOT NULL", {"tenant-may-be-null"}, set()),
    (
        "CREATE FUNCTION app.counted(name text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''"
        " AS $$ DECLARE n bigint; BEGIN EXECUTE 'SELECT count(*) FROM public.' || name INTO n; RETURN n; END $$",
        {"definer-builds-sql"},
        set(),
    ),
    ("GRANT TRUNCATE ON orders TO app_user", {"may-truncate"}, set()),
    (
        "CREATE TABLE seats (tenant_id uuid NOT NULL DEFAULT app.tenant_id(), id bigint, PRIMARY KEY (tenant_id, id))"
        " PARTITION BY HASH (tenant_id);"
        "CREATE TABLE seats_0 PARTITION OF seats FOR VALUES WITH (MODULUS 1, REMAINDER 0);"
        "ALTER TABLE seats ENABLE ROW LEVEL SECURITY; ALTER TABLE seats FORCE ROW LEVEL SECURITY;"
        "CREATE POLICY p ON seats USING (tenant_id = app.tenant_id()) WITH CHECK (tenant_id = app.tenant_id());"
        "GRANT SELECT (id) ON seats_0 TO app_user",
        {"open-partition"},
        set(),
    ),
    (
        "CREATE TABLE parcels (owner uuid NOT NULL, order_id bigint NOT NULL,"
        " FOREIGN KEY (owner, order_id) REFERENCES orders (tenant_id, id)); GRANT SELECT ON parcels TO app_user",
        {"rows-without-tenant"},
        set(),
    ),
]


@pytest.mark.parametrize(("sql", "found", "leaking"), BREAKAGES, ids=lambda value: str(value)[:60])
def test_a_broken_rule_turns_the_proof_red(
    conn: psycopg.Connection[Any], descriptions: list[Description], sql: str, found: set[str], leaking: set[str]
) -> None:
    conn.execute(sql)  # type: ignore[call-overload]  # text of this file
    wanted = [description for description in descriptions if description.query.key in leaking]
    report = check_tenants(conn, TENANCY, wanted)
    assert report.failed
    assert {code for code, _ in codes(report)} == found
    assert leaking <= leaks(report).keys(), leaks(report)


def test_a_table_that_is_only_added_to_is_kept_apart(conn: psycopg.Connection[Any]) -> None:
    conn.execute("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'only added to'; END $$")
    for name in ("by_policy", "by_trigger"):
        conn.execute(
            f"CREATE TABLE {name} (tenant_id uuid DEFAULT app.tenant_id(), id bigint, PRIMARY KEY (tenant_id, id));"
            f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY; ALTER TABLE {name} FORCE ROW LEVEL SECURITY;"
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON {name} TO app_user"
        )
    conn.execute(
        "CREATE POLICY r ON by_policy FOR SELECT USING (tenant_id = app.tenant_id());"
        "CREATE POLICY w ON by_policy FOR INSERT WITH CHECK (tenant_id = app.tenant_id());"
        "CREATE POLICY p ON by_trigger USING (tenant_id = app.tenant_id()) WITH CHECK (tenant_id = app.tenant_id());"
        "CREATE TRIGGER t BEFORE UPDATE OR DELETE ON by_trigger FOR EACH ROW EXECUTE FUNCTION refuse()"
    )
    report = check_tenants(conn, TENANCY, [])
    assert (leaks(report), codes(report)) == ({}, set())
    conn.execute("ALTER POLICY p ON by_trigger WITH CHECK (true)")  # the trigger doesn't stand in for the policy
    assert leaks(check_tenants(conn, TENANCY, [])).keys() == {"by_trigger"}


def test_a_table_without_an_index_by_tenant_is_a_warning(conn: psycopg.Connection[Any]) -> None:
    conn.execute(
        "CREATE TABLE tags (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant_id uuid NOT NULL);"
        "ALTER TABLE tags ENABLE ROW LEVEL SECURITY; ALTER TABLE tags FORCE ROW LEVEL SECURITY;"
        "CREATE POLICY p ON tags USING (tenant_id = (SELECT app.tenant_id())); GRANT SELECT, INSERT ON tags TO app_user"
    )
    report = check_tenants(conn, TENANCY, [])
    assert codes(report, "warning") == {("no-index-by-tenant", "tags"), ("no-with-check", "tags: p")}
    assert not report.failed


def test_a_view_over_one_that_asks_for_the_callers_rights_is_kept_apart(conn: psycopg.Connection[Any]) -> None:
    conn.execute(
        "CREATE VIEW inner_view WITH (security_invoker) AS SELECT * FROM customers;"
        "CREATE VIEW outer_view AS SELECT count(*) FROM inner_view; GRANT SELECT ON inner_view, outer_view TO app_user"
    )
    report = check_tenants(conn, TENANCY, [])
    verdicts = {proof.name: proof.verdict for proof in report.proofs if proof.kind == "view"}
    assert verdicts == dict.fromkeys(("active_users", "inner_view", "outer_view"), "kept apart")
    assert not report.failed


def test_a_runtime_role_that_policies_pass_by_is_an_error(conn: psycopg.Connection[Any]) -> None:
    report = check_tenants(conn, Tenancy(role="postgres"), [])
    assert ("unsafe-role", "postgres") in codes(report)
    assert report.failed


def test_a_role_that_is_missing_is_made_and_gone_again(conn: psycopg.Connection[Any]) -> None:
    report = check_tenants(conn, Tenancy(role="nobody_yet", definers=TENANCY.definers), [])
    assert leaks(report) == {}
    assert any(proof.verdict == "kept apart" for proof in report.proofs)
    assert conn.execute("SELECT FROM pg_roles WHERE rolname = 'nobody_yet'").fetchone() is None


def test_a_table_that_cannot_be_filled_is_named(conn: psycopg.Connection[Any]) -> None:
    conn.execute("CREATE TABLE puzzles (id int PRIMARY KEY, answer text CHECK (md5(answer) = 'x') NOT NULL)")
    report = check_tenants(conn, TENANCY, [])
    (fill,) = (fill for fill in report.fills if fill.problem)
    assert (fill.table, fill.rows) == ("puzzles", 0)
    assert "puzzles_answer_check" in fill.problem


def test_a_project_without_tenants_is_told_so(empty_database: str) -> None:
    with psycopg.connect(empty_database, autocommit=True) as conn:
        with pytest.raises(ConfigError, match=r"no \[tool.plainsql.tenancy\]"):
            check_tenants(conn, None, [])
        with pytest.raises(ConfigError, match="no table has the column tenant_id"):
            check_tenants(conn, Tenancy(), [])


@pytest.mark.parametrize("kind", ["bigint", "text"])
def test_tenants_may_be_numbers_and_names(empty_database: str, kind: str) -> None:
    schema = SCHEMA.replace("RETURNS uuid", f"RETURNS {kind}").replace("::uuid", f"::{kind}")
    with psycopg.connect(empty_database, autocommit=True) as conn:
        conn.execute(schema.replace("tenant_id uuid", f"tenant_id {kind}"))  # type: ignore[arg-type]
        report = check_tenants(conn, Tenancy(), [])
        assert (leaks(report), report.findings) == ({}, [])
        assert [proof.name for proof in report.proofs if proof.verdict == "kept apart"] == ["notes", "app.tenant_id()"]


# The command


def project(folder: Path, policy: str) -> None:
    """A project of one table and one query."""
    (folder / "pyproject.toml").write_text('[tool.plainsql]\npackage = "app.queries"\n[tool.plainsql.tenancy]\n')
    for name, text in (
        ("migrations/0001.notes.sql", SCHEMA.replace("USING (tenant_id = app.tenant_id())", f"USING ({policy})")),
        ("migrations/0001.notes.rollback.sql", "DROP TABLE notes;"),
        ("queries/notes.sql", "-- name: list_notes()\nSELECT id, body FROM notes ORDER BY id;\n"),
    ):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


def test_the_command_prints_tables_or_json_and_exits_1_on_a_leak(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PLAINSQL_SCRATCH_URL", server)
    run = CliRunner().invoke
    project(tmp_path, "tenant_id = app.tenant_id()")
    assert run(app, ["generate"]).exit_code == 0
    assert "    tenant=True,\n" in (tmp_path / "app/queries/notes.py").read_text()
    done = run(app, ["check", "--tenants"])
    assert done.exit_code == 0, done.output
    assert re.search(r"kept apart +query +notes.list_notes +2 +16", done.output)
    assert "0 leaks, 0 errors in the catalog" in done.output
    project(tmp_path, "true")
    assert run(app, ["generate"]).exit_code == 0
    done = run(app, ["check", "--tenants", "--json"])
    assert done.exit_code == 1
    found = json.loads(done.stdout)
    assert found["failed"]
    proofs = {proof["name"]: proof for proof in found["proofs"]}
    assert proofs["notes.list_notes"]["verdict"] == "LEAK"
    assert "16 rows beside the other tenant, 8 without him" in proofs["notes.list_notes"]["detail"]
    assert {table["table"]: table["rows"] for table in found["tables"]}["notes"] == 16


def test_the_command_takes_no_database_that_somebody_uses(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    project(tmp_path, "true")
    with temporary_database(server) as conninfo:
        done = CliRunner().invoke(app, ["check", "--tenants", "--dsn", make_conninfo(conninfo)])
    assert isinstance(done.exception, ConfigError)
    assert "scratch databases only" in str(done.exception)
    assert CliRunner().invoke(app, ["check", "--json"]).exit_code == 2


# Values


@pytest.mark.parametrize(
    "pattern",
    [
        r"^[A-Z]{3}$",
        r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$",
        r"^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$",
        "^(a|bc)+x?$",
        "^[^@]+@[^@]+$",
        "^[[:alpha:]]{2,}$",
        r"^\w+\s\d*$",
        "^.{5}$",
    ],
)
def test_a_text_for_a_pattern_matches_it(pattern: str) -> None:
    for seed in range(20):
        text = sample(pattern, random.Random(seed))
        assert text is not None
        assert re.search(pattern.replace("[:alpha:]", "a-zA-Z"), text), text


def test_what_no_pattern_can_be_read_from_is_no_text() -> None:
    assert sample("(", random.Random(1)) is None
    assert next(texts_for(["CHECK ((kind ~~ 'a_%'::text))"], random.Random(1))).startswith("ax")
    assert list(texts_for(["CHECK ((plan = ANY (ARRAY['free'::text, 'it''s'::text])))"], random.Random(1))) == [
        "free",
        "it's",
    ]
