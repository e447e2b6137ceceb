"""What users install: the wheel holds the toolkit and nothing else."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.fixtures.databases import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, built from the working tree without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = folder.glob("*.whl")
    return zipfile.ZipFile(path)


def test_the_wheel_holds_plainsql_only(wheel: zipfile.ZipFile) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist()}
    (info,) = [top for top in tops if top.endswith(".dist-info")]
    assert tops == {"plainsql", info}
    ours = {path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src/plainsql").rglob("*.py")}
    packed = {name for name in wheel.namelist() if name.endswith(".py")}
    assert packed == ours


def test_the_wheel_carries_its_sql_its_marker_and_its_licence(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    assert "plainsql/py.typed" in names
    for path in (ROOT / "src/plainsql").rglob("*.sql"):
        assert path.relative_to(ROOT / "src").as_posix() in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]


def test_the_runtime_needs_three_packages_and_every_requirement_has_a_lower_bound() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert sorted(item.split(">")[0] for item in project["dependencies"]) == ["msgspec", "psycopg", "psycopg-pool"]
    listed = [
        *project["dependencies"],
        *(item for extra in project["optional-dependencies"].values() for item in extra),
    ]
    assert [item for item in listed if ">=" not in item and not item.startswith("plainsql[")] == []
    assert set(project["optional-dependencies"]) == {"tools", "embedded", "redis", "bcrypt", "crypto", "metrics", "dev"}


def test_the_version_stands_in_one_place() -> None:
    import plainsql

    assert f"## {plainsql.__version__}" in Path(ROOT / "CHANGELOG.md").read_text()
