"""``make bench``: every promised figure, measured now; exit 1 when one is missed."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import audit, calls, describing, generating, nested, tenants


def main() -> int:
    """Run every bench, print a table, keep the figures in bench/results/latest.json."""
    console = Console()
    table = Table(title="what we promise, and what was measured (medians)")
    for heading, justify in (("figure", "left"), ("at most", "right"), ("measured", "right"), ("", "left")):
        table.add_column(heading, justify="right" if justify == "right" else "left")
    missed = 0
    results: dict[str, float] = {}
    for module in (calls, nested, tenants, audit, describing, generating):
        with console.status(f"measuring {module.__name__.split('.')[-1]}"):
            found = module.run()
        for name, limit in module.LIMITS.items():
            held = found[name] <= limit
            missed += not held
            table.add_row(name, f"{limit:.2f}", f"{found[name]:.3f}", "held" if held else "MISSED")
        results |= found
    console.print(table)
    folder = Path(__file__).parent / "results"
    folder.mkdir(exist_ok=True)
    (folder / "latest.json").write_text(json.dumps(results, indent=2) + "\n")
    return 1 if missed else 0


sys.exit(main())
