"""A query file is plain SQL: psql runs every query of the shop, given ``-v name="'value'"``."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from plainsql.embedded.binaries import find_postgres
from tests.fixtures.databases import ROOT
from tests.fixtures.shop import Shop

HASH = f"$2b$12${'.' * 53}"

VALUES = {
    "product_ids": "'{1,2}'",
    "customer_ids": "'{1}'",
    "order_ids": "'{1}'",
    "quantities": "'{1,1}'",
    "prices": "'{1,2.50}'",
    "versions": "'{1,1}'",
    "name": "'x'",
    "sku": "'x'",
    "description": "'x'",
    "email": "'x@example.com'",
    "terms": "'x'",
    "currency": "'EUR'",
    "idempotency_key": "'k'",
    "gift_note": "'x'",
    "reason": "'x'",
    "provider_ref": "'r'",
    "status": "'paid'",
    "tax_number": "'v1:k:x'",
    "tax_number_bidx": "'v1:k:x'",
    "tax_number_indexes": "'{v1:k:x}'",
    "preferences": "'{}'",
    "older_than": "'1 hour'",
    "tz": "'Asia/Kolkata'",
    "year": "2024",
    "since": "'2024-01-01'",
    "before": "'2024-01-01'",
    "parent_id": "NULL",
    "user_ids": "'{1}'",
    "username": "'x'",
    "password_hash": f"'{HASH}'",
    "verified_hash": f"'{HASH}'",
    "metadata": "'{}'",
    "token_hash": rf"'\x{'00' * 32}'",
    "lifetime": "'1 day'",
    "ip": "'192.0.2.1'",
    "table_name": "'orders'",
    "record_pk": """'{"id": 1}'""",
    "at": "now()",
    "actor_id": "'ada'",
    "until": "now()",
    "ats": "'{}'",
    "kinds": "'{}'",
    "entity_ids": "'{}'",
    "measures": "'{}'",
    "props": "'{}'",
    "kind": "'view'",
    "after_at": "'2024-01-01'",
    "after_id": "'00000000-0000-0000-0000-000000000000'",
    "bucket": "'2024-01-01'",
    "keep": "'1 day'",
}
"""What the parameters are given; every other one is 1."""
ONE_SUBJECT = {"order_id": "NULL", "customer_id": "NULL", "author_id": "NULL", "sha256": rf"'\x{'00' * 32}'"}
"""What those are given that write into an exclusive arc."""
FILES = [path for path in sorted((ROOT / "queries").glob("*.sql")) if path.stem != "indexes"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_psql_runs_every_query_of_the_file(shop: Shop, path: Path, tmp_path: Path) -> None:
    shop.warehouse()
    category, customer = shop.category(), shop.customer()
    for name in ("a", "b"):
        shop.product(name, category_id=category, stock=5)
    shop.order(customer, status="pending")
    shop.conn.execute("INSERT INTO users (username, email, password_hash) VALUES ('a', 'a@example.org', %s)", (HASH,))
    _, *queries = re.split(r"^(?=-- name: )", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert queries
    conninfo = shop.owner_conninfo if path.stem == "audit" else shop.conninfo  # the audit is not the application's
    for query in queries:
        header = query.partition("\n")[0]
        file = tmp_path / "query.sql"
        file.write_text(f"BEGIN;\n{query}\nROLLBACK;\n", encoding="utf-8")
        command = [psql(), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", conninfo, "-f", str(file)]
        for name in re.findall(r"\w+", header.partition("(")[2].partition(")")[0]):
            values = (
                VALUES | ONE_SUBJECT if header.startswith(("-- name: add_comment(", "-- name: attach(")) else VALUES
            )
            command += ["-v", f"{name}={values.get(name, '1')}"]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        assert run.returncode == 0, f"{path.name}: {header}\n{run.stderr}"


def psql() -> str:
    """Return psql, the one on PATH before the embedded server's."""
    return shutil.which("psql") or str(find_postgres().bin / "psql")
