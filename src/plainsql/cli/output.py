"""What the commands print: faults with carets, a progress bar for what takes longer than a second."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from plainsql.query.problem import Problem, format_problem


def print_problems(problems: Iterable[Problem]) -> tuple[int, int]:
    """Print each fault on stderr; return how many errors and how many warnings there were."""
    errors = warnings = 0
    for problem in problems:
        errors += problem.level == "error"
        warnings += problem.level == "warning"
        print(format_problem(problem), file=sys.stderr)
    return errors, warnings


def print_notes(notes: Iterable[str]) -> None:
    """Print on stderr what is no fault and still worth knowing."""
    for note in notes:
        print(f"note: {note}", file=sys.stderr)


def counted(number: int, noun: str) -> str:
    """Return ``1 error`` or ``3 errors``."""
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{number} {noun if number == 1 else plural}"


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """Yield a function that takes done and total and shows them on a terminal; where nobody watches it does nothing."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
