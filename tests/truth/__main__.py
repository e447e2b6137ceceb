"""Print the scores by topic as a table in Markdown: ``python -m tests.truth``; with ``-v`` also every difference."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.truth.databases import truth_databases
from tests.truth.score import compare, render_table
from tests.truth.statements import load_truths


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
        print(render_table(truths, differences))
        if "-v" in sys.argv[1:]:
            print()
            for difference in differences:
                print(f"- {difference}")


if __name__ == "__main__":
    main()
