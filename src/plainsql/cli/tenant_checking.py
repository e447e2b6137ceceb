"""``check --tenants``: run, then say what was found as tables or JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace

from rich.console import Console
from rich.table import Table

from plainsql.cli.output import counted, print_problems, progress
from plainsql.codegen.check import check
from plainsql.codegen.session import open_session
from plainsql.config import Config
from plainsql.errors import ConfigError
from plainsql.isolation.check import check_tenants
from plainsql.isolation.proving import SCRIPT
from plainsql.isolation.report import Report
from plainsql.portable import portable_problems

STYLES = {"LEAK": "bold red", "error": "bold red", "warning": "yellow", "nothing seen": "yellow", "not run": "dim"}


def run(config: Config, *, dsn: str | None, scratch: str | None, portable: bool, as_json: bool) -> bool:
    """Check files, database, modules and tenants; return False when anything is wrong."""
    if dsn is not None:
        raise ConfigError("--tenants fills tables, so it works on scratch databases only: leave out --dsn")
    with open_session(config, scratch=scratch) as session:
        with progress("describing queries") as show:
            described = session.describe(show)
        problems = check(config, described)
        if portable:
            problems += [replace(problem, level="error") for problem in portable_problems(described.catalog)]
        descriptions = [description for found in described.descriptions.values() for description in found]
        with progress("running as two tenants") as show:
            report = check_tenants(session.conn, config.tenancy, descriptions, show)
    if as_json:
        print(json.dumps(report.as_json(), indent=2, ensure_ascii=False))
        return not report.failed and not any(problem.level == "error" for problem in problems)
    errors, _ = print_problems(problems)
    show_report(report)
    return errors == 0 and not report.failed


def show_report(report: Report) -> None:
    """Print the report as tables, then one line that sums it up."""
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 160)
    if report.findings:
        _print(
            console,
            ("", "code", "object", "what", "do"),
            [(f.level, f.code, f.object, f.message, f.hint) for f in report.findings],
        )
    unfilled = [(fill.table, fill.problem) for fill in report.fills if fill.problem]
    if unfilled:
        _print(console, ("no rows in", "because"), unfilled)
    shown = [proof for proof in report.proofs if proof.detail != SCRIPT]
    _print(
        console,
        ("", "kind", "name", "runs", "rows", ""),
        [(p.verdict, p.kind, p.name, str(p.runs), str(p.rows), p.detail) for p in shown],
    )
    by_verdict = {verdict: sum(p.verdict == verdict for p in shown) for verdict in ("kept apart", "LEAK")}
    errors = sum(finding.level == "error" for finding in report.findings)
    console.print(
        f"{by_verdict['kept apart']} of {len(shown)} kept apart in {sum(p.runs for p in report.proofs)} runs "
        f"as two tenants, {counted(by_verdict['LEAK'], 'leak')}, {counted(errors, 'error')} in the catalog"
    )


def _print(console: Console, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = Table(*headings, box=None, pad_edge=False)
    for first, *others in rows:
        table.add_row(f"[{STYLES[first]}]{first}[/]" if first in STYLES else first, *map(_plain, others))
    console.print(table)


def _plain(text: str) -> str:
    return text.replace("[", "\\[")
