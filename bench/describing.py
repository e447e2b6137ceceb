"""
How long it takes to describe a project of 500 queries, and whether the time of one grows with their number.

The shop's own statements, each made another one by a comment, so that nothing is known from the one before.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import psycopg

from plainsql.catalog import load_catalog
from plainsql.describe import describe_all
from plainsql.embedded import EmbeddedPostgres
from plainsql.query.model import Query
from plainsql.scratch import scratch_database

ROOT = Path(__file__).parents[1]
STATEMENTS = 500
LIMITS = {
    "describe, 500 statements, s": 10.0,
    "describe, one of 500 against one of 50": 1.3,
    "describe, 500 statements, nothing changed, s": 0.5,
}


def run() -> dict[str, float]:
    """Return seconds, and the ratio of one statement's time among many to its time among few."""
    with tempfile.TemporaryDirectory(prefix="plainsql-bench-") as folder:
        project = Path(folder) / "project"
        shutil.copytree(ROOT / "migrations", project / "migrations")
        with EmbeddedPostgres.start(Path(folder) / "server", settings={"fsync": "off"}) as server:
            few, many = _ratio(server.conninfo(), project)
            return {
                "describe, 500 statements, s": many * STATEMENTS,
                "describe, one of 500 against one of 50": many / few,
                "describe, 500 statements, nothing changed, s": _again(server.conninfo(), project),
            }


def _ratio(server: str, project: Path) -> tuple[float, float]:
    """Return the median seconds for one statement, among 50 and among 500, in turns."""
    shop = [query for query in load_catalog(ROOT / "queries", root=ROOT).queries if query.kind != "script"]
    found: dict[int, list[float]] = {50: [], STATEMENTS: []}
    with (
        scratch_database(migrations=project / "migrations", server=server, folder=project) as conninfo,
        psycopg.connect(conninfo, autocommit=True) as conn,
    ):
        for turn in range(5):
            for count in found:
                queries = [_another(shop[number % len(shop)], turn * count + number) for number in range(count)]
                started = time.perf_counter()
                described = describe_all(conn, queries)
                found[count].append((time.perf_counter() - started) / count)
                assert not any(description.problem for description in described)
    return statistics.median(found[50]), statistics.median(found[STATEMENTS])


def _another(query: Query, number: int) -> Query:
    return replace(
        query, name=f"{query.name}_{number}", key=f"{query.key}_{number}", sql=f"{query.sql}\n/* {number} */"
    )


def _again(server: str, project: Path) -> float:
    """Return the median seconds of the whole command when it has been run before."""
    (project / "queries").mkdir()
    for source in sorted((ROOT / "queries").glob("*.sql")):
        text = source.read_text()
        for number in range(6):
            (project / "queries" / f"{source.stem}_{number}.sql").write_text(
                text.replace("-- name: ", f"-- name: v{number}_")
            )
    (project / "pyproject.toml").write_text('[tool.plainsql]\npackage = "bench.queries"\n')
    command = [sys.executable, "-m", "plainsql", "describe", "--json"]
    environment = os.environ | {"PLAINSQL_SCRATCH_URL": server}
    times = []
    for _ in range(8):
        started = time.perf_counter()
        done = subprocess.run(command, cwd=project, env=environment, capture_output=True, check=False)
        times.append(time.perf_counter() - started)
        assert done.stdout.count(b'"kind"') >= STATEMENTS, done.stderr.decode()[-2000:]
    return statistics.median(times[1:])
