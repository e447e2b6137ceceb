"""``generate`` and ``check``: run, then say what happened."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from itertools import chain
from pathlib import Path

from plainsql.auditing.drift import audit_problems, audited_tables, recorded_twice
from plainsql.auditing.secret_columns import encrypted
from plainsql.cli.output import counted, print_problems, progress
from plainsql.codegen.arcs import arc_problems
from plainsql.codegen.check import check
from plainsql.codegen.generate import Outcome, generate
from plainsql.codegen.session import open_session
from plainsql.codegen.watch import watch
from plainsql.config import Config
from plainsql.portable import portable_problems


def run_once(config: Config, *, dsn: str | None, scratch: str | None) -> bool:
    """Generate once; return False when a query file has a fault."""
    started = time.perf_counter()
    with progress("describing queries") as show, open_session(config, dsn=dsn, scratch=scratch) as session:
        outcome = generate(config, session.describe(show))
    _report(config, outcome, time.perf_counter() - started)
    return not outcome.failed


def run_watch(config: Config, *, dsn: str | None, scratch: str | None) -> None:
    """Generate now and after every save, until Ctrl-C."""
    print(f"watching {config.shown(config.queries)} and {config.shown(config.migrations)}; Ctrl-C ends it", flush=True)
    watch(
        config,
        dsn=dsn,
        scratch=scratch,
        report=lambda outcome, seconds: _report(config, outcome, seconds),
        failed=lambda error: print(f"plainsql: {error}", file=sys.stderr, flush=True),
    )


def run_check(config: Config, *, dsn: str | None, scratch: str | None, portable: bool) -> bool:
    """Compare files, database and modules; return False when they disagree."""
    with progress("describing queries") as show, open_session(config, dsn=dsn, scratch=scratch) as session:
        described = session.describe(show)
        shown = Path(config.shown(config.migrations))
        secret = encrypted(config.types, config.columns)
        drifted = audit_problems(session.conn, config.migrations, shown, encrypted=secret)
        twice = recorded_twice(chain.from_iterable(described.descriptions.values()), audited_tables(session.conn))
        arcs = arc_problems(described.arcs, config.migrations, shown)
        problems = [*check(config, described), *drifted, *twice, *arcs]
    if portable:
        problems += [replace(problem, level="error") for problem in portable_problems(described.catalog)]
    errors, warnings = print_problems(problems)
    queries = sum(map(len, described.descriptions.values()))
    files = len(described.catalog.files)
    print(
        f"{counted(queries, 'query')} in {counted(files, 'file')} checked: "
        f"{counted(errors, 'error')}, {counted(warnings, 'warning')}"
    )
    return errors == 0


def _report(config: Config, outcome: Outcome, seconds: float) -> None:
    errors, warnings = print_problems(outcome.problems)
    for path in outcome.written:
        print(f"wrote {config.shown(path)}")
    for path in outcome.removed:
        print(f"removed {config.shown(path)}")
    summary = f"{counted(outcome.queries, 'query')} generated in {seconds:.2f} s"
    if not outcome.written and not outcome.removed and not errors:
        summary = f"{counted(outcome.queries, 'query')} up to date ({seconds:.2f} s)"
    notes = [counted(count, noun) for count, noun in ((errors, "error"), (warnings, "warning")) if count]
    print(", ".join([summary, *notes]), flush=True)
