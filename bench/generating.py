"""
How long a developer waits: for generate on a warm server or without changes, for --watch after a save, for imports.

Whole processes, medians; limits are seconds, since they are about a person's patience and not about a peer.
"""

from __future__ import annotations

import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from plainsql.embedded import EmbeddedPostgres

ROOT = Path(__file__).parents[1]
LIMITS = {
    "generate, warm server, s": 3.0,
    "generate, nothing changed, s": 0.5,
    "watch, after a save, s": 0.3,
    "import of 100 queries, s": 0.05,
}


def run() -> dict[str, float]:
    """Return seconds by case, for the shop's query files."""
    with tempfile.TemporaryDirectory(prefix="plainsql-bench-") as folder:
        copy = Path(folder) / "shop"
        copy.mkdir()
        for name in ("queries", "migrations", "src/shop"):
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", copy)
        with EmbeddedPostgres.start(Path(folder) / "server", settings={"fsync": "off"}) as server:
            environment = os.environ | {"PLAINSQL_SCRATCH_URL": server.conninfo()}
            _plainsql(copy, environment, "generate", "--force")
            return {
                "generate, warm server, s": _median(5, lambda: _plainsql(copy, environment, "generate", "--force")),
                "generate, nothing changed, s": _median(9, lambda: _plainsql(copy, environment, "generate")),
                "watch, after a save, s": _watch(copy, environment),
                "import of 100 queries, s": _imports(copy),
            }


def _median(rounds: int, work: object) -> float:
    assert callable(work)
    found = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        found.append(time.perf_counter() - started)
    return statistics.median(found)


def _plainsql(folder: Path, environment: dict[str, str], *arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "plainsql", *arguments], cwd=folder, env=environment, check=True, capture_output=True
    )


def _watch(folder: Path, environment: dict[str, str]) -> float:
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "plainsql", "generate", "--watch"],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    _until(process)
    source = folder / "queries/orders.sql"
    text = source.read_text()
    found = []
    try:
        for number in range(7):
            started = time.perf_counter()
            source.write_text(text.replace("-- name: ", f"-- name: round_{number}_", 1))
            _until(process)
            found.append(time.perf_counter() - started)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(10)
        process.stdout.close()
    return statistics.median(found)


def _until(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if "generated in" in line or "up to date (" in line:
            return
    raise RuntimeError("--watch ended")


def _imports(folder: Path) -> float:
    """Return what the shop's modules add to the import of the drivers, scaled to 100 queries."""
    code = """
import time
import psycopg, psycopg_pool, msgspec
started = time.perf_counter()
import importlib, pkgutil
import shop.queries
names = [m.name for m in pkgutil.iter_modules(shop.queries.__path__) if not m.ispkg]
modules = [importlib.import_module("shop.queries." + name) for name in names]
elapsed = time.perf_counter() - started
queries = sum(type(value).__name__ == "Statement" for module in modules for value in vars(module).values())
print(elapsed, queries)
"""
    environment = os.environ | {"PYTHONPATH": str(folder / "src")}
    found = []
    for _ in range(9):
        done = subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True)
        elapsed, queries = done.stdout.split()
        found.append(float(elapsed) * max(1.0, 100 / int(queries)))
    return statistics.median(found)
