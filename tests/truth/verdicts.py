"""What is said of every statement of the truth set, written down once: each server has to say the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from plainsql.describe import Describer
from tests.truth.databases import EMPTY, Databases
from tests.truth.said import verdict
from tests.truth.statements import FOLDER, Truth

FILE: Final = FOLDER / "verdicts.txt"
_HEAD: Final = """\
# What plainsql says of each statement of the truth set, on every server that takes it: columns, then parameters.
# Written by `python -m tests.truth --verdicts`; held to by tests/test_versions_agree.py.
"""


def said_of(databases: Databases, truths: Iterable[Truth]) -> dict[str, str]:
    """Return what is said of each statement, by its key."""
    describer = Describer(databases.conns[EMPTY])
    return {truth.key: verdict(describer.describe(truth.query)) for truth in truths}


def read_verdicts() -> dict[str, str]:
    """Return what is written down."""
    if not FILE.exists():
        return {}
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return dict(line.split(": ", 1) for line in lines if line and not line.startswith("#"))


def write_verdicts(verdicts: Mapping[str, str]) -> None:
    """Write down *verdicts*."""
    lines = [f"{key}: {said}\n" for key, said in sorted(verdicts.items())]
    FILE.write_text(f"{_HEAD}{''.join(lines)}", encoding="utf-8")
