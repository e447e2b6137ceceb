"""The preflight: silent where all is well, else one sentence and one command; on a Python of long ago too."""

from __future__ import annotations

import ast
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

from tests.fixtures.embedded import as_root, folder

__all__ = ["folder"]

SCRIPT = Path(__file__).parents[1] / "tools" / "preflight.py"


@pytest.fixture
def preflight() -> ModuleType:
    spec = importlib.util.spec_from_file_location("preflight", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def clone(folder: Path) -> Path:
    """A folder with nothing but the script, where it stands in a clone."""
    (folder / "tools").mkdir(parents=True)
    return Path(shutil.copy(SCRIPT, folder / "tools"))


def run(script: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False, cwd="/")


def test_it_is_silent_and_takes_less_than_a_second_where_all_is_well(folder: Path) -> None:
    begin = time.monotonic()
    done = run(clone(folder / "with space and ünï-日本"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert time.monotonic() - begin < 1
    assert [path.name for path in (folder / "with space and ünï-日本").iterdir()] == ["tools"]


def test_python_of_long_ago_still_reads_it() -> None:
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 6))
    for program in ("python3.6", "python3.7", "python3.8", "python3.9", "python3.10"):
        if shutil.which(program) and subprocess.run([program, "-V"], capture_output=True, check=False).returncode == 0:
            done = subprocess.run([program, str(SCRIPT)], capture_output=True, text=True, check=False)
            assert done.returncode == 1
            assert "plainsql needs 3.11 or newer" in done.stderr
            assert len(done.stderr.splitlines()) == 2


def test_old_python_names_a_newer_one_that_works_or_says_how_to_get_it(preflight: ModuleType) -> None:
    with pytest.raises(preflight.Fault) as caught:
        preflight.check_python((3, 9, 2), usable=lambda name: name == "python3.12")
    assert caught.value.command == "make PYTHON=python3.12 demo"
    with pytest.raises(preflight.Fault) as caught:
        preflight.check_python((3, 9, 2), usable=lambda name: False)
    assert "install" in caught.value.command
    preflight.check_python((3, 11, 0))


def test_a_name_on_path_that_is_no_python_is_not_recommended(preflight: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "python3.12").write_text("#!/bin/sh\nexit 127\n")
    (tmp_path / "python3.12").chmod(0o755)
    assert not preflight.runs(str(tmp_path / "python3.12"))
    assert preflight.runs(sys.executable)


def test_missing_venv_module_names_the_package(preflight: ModuleType) -> None:
    with pytest.raises(preflight.Fault, match="venv module is not installed") as caught:
        preflight.check_venv(find_spec=lambda name: None if name == "ensurepip" else object())
    assert "install" in caught.value.command


@pytest.mark.parametrize(("system", "machine"), [("Windows", "AMD64"), ("FreeBSD", "amd64"), ("Linux", "riscv64")])
def test_other_platforms_are_refused(preflight: ModuleType, system: str, machine: str) -> None:
    with pytest.raises(preflight.Fault) as caught:
        preflight.check_platform(system, machine)
    assert ("WSL" in caught.value.sentence) == (system == "Windows")


@pytest.mark.parametrize(("system", "machine"), [("Linux", "x86_64"), ("Linux", "aarch64"), ("Darwin", "arm64")])
def test_platforms_with_wheels_pass(preflight: ModuleType, system: str, machine: str) -> None:
    preflight.check_platform(system, machine)


@pytest.mark.parametrize("name", ["a:b", "100%", "two\nlines", "cash$", 'say "hi"'])
def test_a_path_that_tools_cannot_read_is_refused(folder: Path, name: str) -> None:
    done = run(clone(folder / name))
    assert done.returncode == 1
    assert done.stderr.startswith("The project's path has ")
    assert len(done.stderr.splitlines()) == 2


def test_too_little_room_is_told(preflight: ModuleType, folder: Path) -> None:
    with pytest.raises(preflight.Fault, match="MB are needed"):
        preflight.check_files(str(folder), 10**9)


def mount(folder: Path, options: str) -> None:
    if subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=False).returncode:
        pytest.skip("this machine mounts nothing")


@as_root
@pytest.mark.parametrize(("options", "sentence"), [("noexec", "mounted noexec"), ("ro", "Nothing can be written")])
def test_a_folder_that_cannot_hold_an_environment_is_told(folder: Path, options: str, sentence: str) -> None:
    disk = folder / "disk"
    disk.mkdir()
    mount(disk, "size=2g,rw")
    try:
        script = clone(disk / "project")
        subprocess.run(["mount", "-o", f"remount,{options}", str(disk)], check=True)
        done = run(script)
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    assert done.returncode == 1
    assert sentence in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_without_write_permission_is_told(folder: Path) -> None:
    script = clone(folder / "project")
    (folder / "project").chmod(0o555)
    assert "Nothing can be written" in run(script).stderr
