"""
``python -m tests.soundness --statements 20000 --seed 1 --server DSN --report``

Without a server, and without PLAINSQL_TEST_DATABASE_URL, it starts an embedded one.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import psycopg

from tests.fixtures.databases import temporary_database
from tests.soundness.check import Tally, check
from tests.soundness.report import details, summary
from tests.soundness.shrink import script, shrink
from tests.soundness.workbench import Workbench


def main() -> int:
    """Run, show progress, print what is wrong; return 1 then."""
    parser = argparse.ArgumentParser(prog="python -m tests.soundness", description=__doc__)
    parser.add_argument("--statements", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1, help="of the first statement; the next has the next number")
    parser.add_argument("--server", default=os.environ.get("PLAINSQL_TEST_DATABASE_URL"), help="conninfo")
    parser.add_argument("--report", action="store_true", help="print counts of constructs and hints for precision")
    parser.add_argument("--show", action="store_true", help="print each statement and what is declared of it")
    parser.add_argument("--failures", type=int, default=20, help="how many failures to shrink and print")
    parser.add_argument("--first", action="store_true", help="stop after the schema of the first failure")
    parser.add_argument("--ignore", type=int, nargs="*", default=[], help="seeds to leave out")
    options = parser.parse_args()
    seeds = [seed for seed in range(options.seed, options.seed + options.statements) if seed not in options.ignore]
    with ExitStack() as stack:
        database = stack.enter_context(temporary_database(options.server or _embedded(stack)))
        bench = Workbench(stack.enter_context(psycopg.connect(database, autocommit=True)))
        tally = check(bench, seeds, progress=lambda tally: _progress(tally, len(seeds)), first=options.first)
        print(file=sys.stderr)
        for failure in tally.failures[options.failures :]:
            print(f"-- seed {failure.statement.seed}, not made smaller: {failure.detail}\n{failure.statement.sql};")
        shown: set[str] = set()
        for failure in tally.failures[: options.failures]:
            bench.build(failure.statement.seed // 50)
            smallest = shrink(bench, failure)
            if smallest.statement.sql not in shown:
                shown.add(smallest.statement.sql)
                print(f"\n{failure.kind}: {smallest.detail}\n{script(bench, smallest)}", flush=True)
    print(summary(tally))
    if options.report:
        print(details(tally))
    return 1 if tally.failures else 0


def _embedded(stack: ExitStack) -> str:
    from plainsql.embedded import EmbeddedPostgres

    settings = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="plainsql-soundness-", ignore_cleanup_errors=True))
    postgres: EmbeddedPostgres = stack.enter_context(EmbeddedPostgres.start(Path(folder), settings=settings))
    return postgres.conninfo()


def _progress(tally: Tally, total: int) -> None:
    if sys.stderr.isatty() or tally.statements % 1000 < 50:
        end = "\r" if sys.stderr.isatty() else "\n"
        print(f"{tally.statements:6} of {total}, {len(tally.failures)} wrong", end=end, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
