"""The property, and how often it holds."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from plainsql.describe.model import Description
from plainsql.effects import Rows
from tests.soundness.statement import Statement, make_statement
from tests.soundness.states import State
from tests.soundness.workbench import Run, Workbench

STATEMENTS_PER_SCHEMA = 50


@dataclass(frozen=True, slots=True)
class Failure:
    """
    A verdict that a row refuted.

    Attributes:
        kind: ``null`` where a column declared non-null was NULL; ``inside`` where a value held what its structure
            rules out; ``unread`` where the generated module fails to read it; ``rows`` where there were more or fewer
            than declared; ``type``, ``columns`` where Describe and the rows disagree; ``crash``.
    """

    kind: str
    statement: Statement
    state: State | None
    detail: str


@dataclass(slots=True, repr=False)
class Tally:
    """What was measured over many statements; *refused* and *warned* by message, *columns* by what made them."""

    statements: int = 0
    accepted: int = 0
    runs: int = 0
    failed_runs: int = 0
    ran: int = 0
    with_rows: int = 0
    declared: int = 0
    needless: int = 0
    nullable_seen: int = 0
    unseen: int = 0
    inside: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    refused: Counter[str] = field(default_factory=Counter)
    warned: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    uses: Counter[str] = field(default_factory=Counter)
    never_null: Counter[str] = field(default_factory=Counter)
    proved: Counter[str] = field(default_factory=Counter)
    examples: dict[str, tuple[int, str]] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)


def refuted(description: Description, runs: Iterable[Run]) -> tuple[str, str] | None:
    """Return the kind of failure and what is wrong with *description*, or None."""
    for run in runs:
        if run.error is not None:
            continue
        if description.effects is not None and not _counts(description.effects.rows, run.rows):
            return "rows", f"{run.rows} rows in state {run.state}, {description.effects.rows} declared"
        if len(run.types) != len(description.columns):
            return "columns", f"{len(description.columns)} columns described, {len(run.types)} returned"
        for number, (column, oid, null) in enumerate(zip(description.columns, run.types, run.nulls, strict=True), 1):
            if column.type.oid != oid:
                return "type", f"column {number} described as {column.type.name}, OID {oid} returned"
            if null and not column.nullable:
                return "null", f"column {number} ({column.name}) is declared non-null and was NULL in state {run.state}"
        if run.misfit is not None:
            return "inside", f"{run.misfit}, in state {run.state}"
        if run.unread is not None:
            return "unread", f"{run.unread}, in state {run.state}"
    return None


def _counts(declared: Rows, found: int) -> bool:
    return declared.at_least <= found and (declared.at_most is None or found <= declared.at_most)


def check(
    bench: Workbench,
    seeds: Iterable[int],
    *,
    progress: Callable[[Tally], None] | None = None,
    first: bool = False,
) -> Tally:
    """Describe and run the statement of each of *seeds*, schema by schema; *first*: until one has a failure."""
    tally = Tally()
    for schema_seed, group in _grouped(seeds):
        start = time.perf_counter()
        bench.build(schema_seed)
        _check_schema(bench, [make_statement(seed, bench.schema, bench.version) for seed in group], tally)
        tally.seconds += time.perf_counter() - start
        if progress is not None:
            progress(tally)
        if first and tally.failures:
            break
    return tally


def _grouped(seeds: Iterable[int]) -> Iterable[tuple[int, list[int]]]:
    groups: dict[int, list[int]] = {}
    for seed in seeds:
        groups.setdefault(seed // STATEMENTS_PER_SCHEMA, []).append(seed)
    return groups.items()


def _check_schema(bench: Workbench, statements: list[Statement], tally: Tally) -> None:
    described: list[tuple[Statement, Description]] = []
    for statement in statements:
        tally.statements += 1
        try:
            description = bench.describe(statement.sql)
        except Exception as error:  # a crash is a failure of its own
            tally.failures.append(Failure("crash", statement, None, repr(error)))
            continue
        if description.problem is not None:
            message = re.sub(r"\b([a-z])\d+\b", r"\1_", description.problem.message)
            tally.refused[message] += 1
            tally.examples.setdefault(message, (statement.seed, statement.sql))
            continue
        tally.accepted += 1
        tally.uses.update(statement.uses)
        for warning in description.warnings:
            if "has type" not in warning.message:
                tally.warned[warning.message] += 1
                tally.examples.setdefault(warning.message, (statement.seed, statement.sql))
        described.append((statement, description))
    ran: list[list[Run]] = [[] for _ in described]
    failed: set[int] = set()
    for state in bench.states:
        bench.enter(state)
        for number, (statement, description) in enumerate(described):
            runs = bench.run(statement.sql, description, state, statement.seed)
            ran[number] += runs
            if number not in failed and (found := refuted(description, runs)) is not None:
                failed.add(number)
                tally.failures.append(Failure(found[0], statement, state, found[1]))
        bench.leave()
    for (statement, description), runs in zip(described, ran, strict=True):
        _count(tally, statement, description, runs)


def _count(tally: Tally, statement: Statement, description: Description, runs: list[Run]) -> None:
    good = [run for run in runs if run.error is None]
    tally.runs += len(runs)
    tally.failed_runs += len(runs) - len(good)
    for run in runs:
        if run.error is not None:
            error = re.sub(r'"[^"]*"|\d+$|: .*', "…", run.error)
            tally.errors[error] += 1
            tally.examples.setdefault(error, (statement.seed, statement.sql))
    tally.ran += bool(good)
    tally.with_rows += any(run.rows for run in good)
    parts: dict[tuple[int, str], list[int]] = {}
    for run in good:
        for (number, path, nullable, is_null), count in run.visits.items():
            part = parts.setdefault((number, path), [nullable, 0, 0])
            part[1] += count
            part[2] += count * is_null
    labels = statement.labels if len(statement.labels) == len(description.columns) else ()
    for (number, path), (nullable, met, nulls) in parts.items():
        kind = "non-null" if not nullable else "seen NULL" if nulls else "never NULL" if met >= 3 else "unseen"
        tally.inside[kind] += 1
        if kind == "never NULL" and number < len(labels):
            tally.never_null[f"inside of {labels[number]}"] += 1
            tally.examples.setdefault(f"inside of {labels[number]}", (statement.seed, f"{path}: {statement.sql}"))
    for number, column in enumerate(description.columns):
        label = labels[number] if labels else "?"
        rows = sum(run.rows for run in good)
        if not column.nullable:
            tally.declared += 1
            tally.proved[label] += 1
        elif any(run.nulls[number] for run in good if number < len(run.nulls)):
            tally.nullable_seen += 1
        elif rows >= 3:
            tally.needless += 1
            tally.never_null[label] += 1
            if label not in tally.examples or len(tally.examples[label][1]) > len(statement.sql):
                tally.examples[label] = (statement.seed, statement.sql)
        else:
            tally.unseen += 1
