"""
The stamp on every generated module: what it was made from, so that a look at files alone says whether it is current.

Imports nothing but hashing: the path on which nothing changed must stay short.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from plainsql.__about__ import __version__

_STAMP = re.compile(r"^# plainsql (\S+): source (\w+), schema (\w+), module (\w+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Stamp:
    """
    What a module says of itself.

    Attributes:
        version: Of the toolkit that wrote it.
        source: Hash of the .sql file.
        schema: Hash of the migrations and of the settings that shape modules.
        module: Hash of the module without its stamp; differs when edited by hand.
    """

    version: str
    source: str
    schema: str
    module: str


def digest(*parts: bytes) -> str:
    """Return 16 hex digits over *parts*, each counted with its length: enough to notice a change, not to resist one."""
    state = hashlib.sha256()
    for part in parts:
        state.update(len(part).to_bytes(8, "big") + part)
    return state.hexdigest()[:16]


def schema_digest(migrations: Path, settings: Iterable[str]) -> str:
    """Return the hash of every migration below *migrations*, names and contents, and of *settings*."""
    parts = [setting.encode() for setting in settings]
    for path in sorted(migrations.rglob("*")) if migrations.is_dir() else ():
        if path.suffix not in (".sql", ".py"):
            continue
        parts += [path.relative_to(migrations).as_posix().encode(), _unix(path.read_bytes())]
    return digest(*parts)


def source_digest(data: bytes) -> str:
    """Return the hash of a query file; line ends and a byte-order mark don't count: git and editors change them."""
    return digest(_unix(data.removeprefix(b"\xef\xbb\xbf")))


def sealed(text: str, *, source: str, schema: str) -> str:
    """Return module *text*, whose first line is a comment, with the stamp as its second line."""
    first, rest = text.split("\n", 1)
    module = digest(text.encode())
    return f"{first}\n# plainsql {__version__}: source {source}, schema {schema}, module {module}\n{rest}"


def read_stamp(text: str) -> Stamp | None:
    """Return the stamp in module *text*, None if it has none."""
    match = _STAMP.search(text, 0, 1000)
    return Stamp(*match.groups()) if match else None


def is_untouched(text: str, stamp: Stamp) -> bool:
    """Tell whether module *text* is still what the generator wrote."""
    lines = text.replace("\r\n", "\n").split("\n", 2)
    return len(lines) == 3 and digest(f"{lines[0]}\n{lines[2]}".encode()) == stamp.module


def _unix(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n")
