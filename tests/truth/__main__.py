"""
Print the scores by topic as a table in Markdown: ``python -m tests.truth``.

With ``-v`` also every difference; with ``--write`` the table goes into docs/nullability.md (PostgreSQL 18), and with
``--verdicts`` what is said of each statement into verdicts.txt, which every server is held to.
"""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.truth.databases import truth_databases
from tests.truth.score import DOCS, compare, render_table, with_table
from tests.truth.statements import load_truths
from tests.truth.verdicts import read_verdicts, said_of, write_verdicts


def main() -> None:
    """Score plainsql on the server of PLAINSQL_TEST_DATABASE_URL, else on an embedded one."""
    with ExitStack() as stack:
        server = os.environ.get("PLAINSQL_TEST_DATABASE_URL")
        if not server:
            from plainsql.embedded import EmbeddedPostgres

            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="plainsql-truth-"))
            server = stack.enter_context(EmbeddedPostgres.start(Path(folder))).conninfo()
        databases = stack.enter_context(truth_databases(server))
        truths = [truth for truth in load_truths() if databases.misses(truth) is None]
        differences = compare(databases, truths)
        table = render_table(truths, differences)
        print(table)
        if "--write" in sys.argv[1:]:
            DOCS.write_text(with_table(DOCS.read_text(encoding="utf-8"), table), encoding="utf-8")
        if "--verdicts" in sys.argv[1:]:
            write_verdicts(read_verdicts() | said_of(databases, truths))
        if "-v" in sys.argv[1:]:
            print()
            for difference in differences:
                print(f"- {difference}")


if __name__ == "__main__":
    main()
