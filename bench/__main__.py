"""``make bench``: every promised figure, measured now; exit 1 when one is missed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import calls, generating


def measure() -> Iterator[tuple[str, float, float]]:
    """Yield name, limit and figure."""
    with calls.server() as conninfo:
        for name, result in calls.run(conninfo).items():
            yield f"typed call against psycopg args_row, {name}: ratio", result["limit"], result["ratio"]
    for name, seconds in generating.run().items():
        yield name, generating.LIMITS[name], seconds


def main() -> int:
    """Run every bench, print a table, keep the figures in bench/results/latest.json."""
    console = Console()
    table = Table(title="what we promise, and what was measured (medians)")
    table.add_column("figure")
    table.add_column("at most", justify="right")
    table.add_column("measured", justify="right")
    table.add_column("")
    results: dict[str, float] = {}
    missed = 0
    with console.status("measuring"):
        for name, limit, figure in measure():
            results[name] = figure
            missed += figure > limit
            table.add_row(name, f"{limit:.2f}", f"{figure:.3f}", "held" if figure <= limit else "MISSED")
    console.print(table)
    folder = Path(__file__).parent / "results"
    folder.mkdir(exist_ok=True)
    (folder / "latest.json").write_text(json.dumps(results, indent=2) + "\n")
    return 1 if missed else 0


sys.exit(main())
