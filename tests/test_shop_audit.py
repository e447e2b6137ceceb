"""The shop's application writes its audit by the triggers only, whatever a server's default privileges say."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.fixtures.shop import Shop

PARTITIONS = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'audit_logs'::regclass"


@pytest.mark.parametrize(
    "command",
    ["UPDATE {} SET actor_id = 'me'", "DELETE FROM {}", "TRUNCATE {}", "INSERT INTO {} DEFAULT VALUES", "TABLE {}"],
)
def test_the_applications_role_reads_and_changes_no_entry_of_the_audit(
    shop: Shop, owner: psycopg.Connection[Any], command: str
) -> None:
    shop.product(category_id=shop.category())
    before = owner.execute("SELECT count(*) FROM audit_logs").fetchone()
    assert before is not None
    assert before[0] > 0
    assert shop.value("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user") is False
    tables = ["audit_logs", *(name for (name,) in owner.execute(PARTITIONS))]
    assert len(tables) > 1
    for table in tables:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied for"):
            shop.conn.execute(command.format(table))  # type: ignore[call-overload]  # text of this file
    assert owner.execute("SELECT count(*) FROM audit_logs").fetchone() == before
