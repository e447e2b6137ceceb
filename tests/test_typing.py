"""Generated code and its callers under mypy --strict and pyright strict."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fixtures.databases import ROOT
from tests.fixtures.projects import Project

CALLS = Path(__file__).parent / "typing"
PYRIGHT = """
[tool.pyright]
typeCheckingMode = "strict"
pythonVersion = "3.11"
extraPaths = ["."]
"""


def mypy(project: Project, *paths: str) -> set[tuple[str, int]]:
    """Return file and line of every error of mypy --strict."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "mypy", "--strict", "--python-version", "3.11", "--show-error-codes"),
            *("--enable-error-code", "truthy-bool", "--cache-dir", str(ROOT / ".mypy_cache" / "tests"), *paths),
        ],
        cwd=project.root,
        env=project.environment | {"MYPYPATH": f"{project.root}{os.pathsep}{ROOT / 'src'}"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    found = re.findall(r"^(\S+?):(\d+): error:.*$", done.stdout, re.MULTILINE)
    print(done.stdout)
    return {(file, int(line)) for file, line in found}


def pyright(project: Project, *paths: str) -> set[tuple[str, int]]:
    """Return file and line of every error of pyright in strict mode."""
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable, *paths],
        cwd=project.root,
        env=project.environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert report["summary"]["filesAnalyzed"] > 0
    print(done.stdout)
    return {
        (Path(item["file"]).relative_to(project.root.resolve()).as_posix(), item["range"]["start"]["line"] + 1)
        for item in report["generalDiagnostics"]
        if item["severity"] == "error"
    }


@pytest.fixture
def typed(project: Project) -> Project:
    """The small project, generated, with a file of right and one of wrong calls."""
    project.replace("pyproject.toml", "[tool.plainsql]", f"{PYRIGHT}\n[tool.plainsql]")
    project.write("queries/reports/moods.sql", "-- name: moods\nSELECT mood, '{}'::mood[] AS all_moods FROM users;\n")
    project.write("queries/empty.sql", "-- Nothing here yet.\n")
    project.run("generate")
    for name in ("right_calls.py", "wrong_calls.py"):
        project.write(name, (CALLS / f"{name}.txt").read_text())
    return project


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_generated_code_and_right_calls_pass(typed: Project, checker: Callable[..., set[tuple[str, int]]]) -> None:
    assert checker(typed, "app", "right_calls.py") == set()


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_each_wrong_call_fails_and_nothing_else(typed: Project, checker: Callable[..., set[tuple[str, int]]]) -> None:
    lines = typed.read("wrong_calls.py").splitlines()
    wrong = {("wrong_calls.py", number) for number, line in enumerate(lines, start=1) if "# wrong:" in line}
    assert len(wrong) > 20
    assert checker(typed, "wrong_calls.py") == wrong


def test_the_shops_modules_pass_both_checkers() -> None:
    shop = Project(ROOT, "")
    assert mypy(shop, "-p", "shop.queries", "-p", "plainsql.queries") == set()
    assert pyright(shop, "src/shop/queries", "src/plainsql/queries") == set()
