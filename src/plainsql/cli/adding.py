"""``migrate add``: write a migration, then say what it will do."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from plainsql.auditing.adding import Outcome, Wishes, add_audit, summary
from plainsql.auditing.secret_columns import encrypted
from plainsql.codegen.session import open_session
from plainsql.config import Config


def run_audit(
    config: Config,
    *,
    tables: Sequence[str],
    redact: Sequence[str],
    plain: Sequence[str],
    quiet: Sequence[str],
    directory: Path | None,
    dsn: str | None,
    scratch: str | None,
) -> None:
    """Write the migration that audits *tables*; where nothing would change, say so and write nothing."""
    secret = encrypted(config.types, config.columns)
    wishes = Wishes(tables=tables, redact=redact, plain=plain, quiet=quiet, encrypted=secret)
    with open_session(config, dsn=dsn, scratch=scratch) as session:
        outcome = add_audit(session.conn, directory or config.migrations, wishes)
    _report(config, outcome)


def _report(config: Config, outcome: Outcome) -> None:
    for audit in outcome.same:
        print(f"audited already: {summary(audit)}")
    for audit in (*outcome.new, *outcome.changed):
        print(summary(audit))
    if outcome.files is not None:
        print(f"wrote {config.shown(outcome.files.forward)}")
        print(f"wrote {config.shown(outcome.files.rollback)}")
        print("review both, then apply them with `yoyo apply`", file=sys.stderr)
    elif outcome.same:
        print("nothing to write: --redact COLUMN would redact another column, in a migration of its own")
