"""``migrate partitions``: run the maintenance of every table that the project names, and print what was done."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime

import psycopg

from plainsql.config import Config
from plainsql.errors import ConfigError, PartitionError
from plainsql.partitions import Report, maintain_setting
from plainsql.partitions.planning import shown
from plainsql.target import resolve_target

HEADER = ("step", "partition", "from", "to", "status")


def run(config: Config, *, now: str | None, dry_run: bool, dsn: str | None, as_json: bool) -> bool:
    """Maintain every table of ``[tool.plainsql.partitions]`` and return whether all went well."""
    if not config.partitions:
        raise ConfigError(
            f"{config.root / 'pyproject.toml'}: no table has partitions; write [tool.plainsql.partitions.events] "
            'with interval = "1 day"'
        )
    moment = None if now is None else parse_moment(now)
    results: list[tuple[str, Report | None, str | None]] = []
    with resolve_target(dsn, start=config.root) as target:
        print(f"partitions of {target.description}", file=sys.stderr)
        with psycopg.connect(target.conninfo, autocommit=True) as conn:
            for setting in config.partitions:
                try:
                    results.append((setting.table, maintain_setting(conn, setting, now=moment, dry_run=dry_run), None))
                except PartitionError as error:
                    results.append((setting.table, error.report, None if error.report else str(error)))
    if as_json:
        print(json.dumps([as_data(*result) for result in results], indent=2))
    else:
        for result in results:
            print_report(*result)
    return all(report is not None and not report.failed for _, report, _ in results)


def parse_moment(text: str) -> datetime:
    """Return what ``--now`` says; UTC unless it says otherwise."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"--now must be a moment such as 2026-11-23T12:00+00:00, found {text!r}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def as_data(table: str, report: Report | None, error: str | None) -> dict[str, object]:
    """Return a table's result for JSON; moments are ISO 8601."""
    if report is None:
        return {"table": table, "actions": [], "notes": [], "error": error}
    actions = [
        {key: value.isoformat() if isinstance(value, datetime) else value for key, value in asdict(action).items()}
        for action in report.actions
    ]
    return {"table": report.table, "actions": actions, "notes": list(report.notes), "error": None}


def print_report(table: str, report: Report | None, error: str | None) -> None:
    """Print a table's result for people: steps on stdout, notes and errors on stderr."""
    if report is None:
        print(f"{table}: {error}", file=sys.stderr)
        return
    print(f"{report.table}: {_summary(report)}")
    if report.actions:
        rows = [
            (
                action.what,
                action.partition,
                shown(action.lower),
                shown(action.upper),
                _status(action.status, action.detail),
            )
            for action in report.actions
        ]
        for line in _aligned([HEADER, *rows]):
            print(f"  {line}")
    for note in report.notes:
        print(f"note: {note}", file=sys.stderr)


def _summary(report: Report) -> str:
    if not report.actions:
        return "nothing to do"
    counts: dict[str, int] = {}
    for action in report.actions:
        counts[action.status] = counts.get(action.status, 0) + 1
    return ", ".join(f"{count} {status}" for status, count in counts.items())


def _status(status: str, detail: str) -> str:
    return f"{status}: {detail}" if detail else status


def _aligned(rows: list[tuple[str, ...]]) -> Iterable[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER) - 1)]
    for row in rows:
        yield "  ".join([*(text.ljust(width) for text, width in zip(row, widths, strict=False)), row[-1]])
