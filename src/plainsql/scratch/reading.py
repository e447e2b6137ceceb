"""Schema files as they lie on the disk: one by one or in folders, in the encodings that dumps come in."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from plainsql.errors import SchemaFileError
from plainsql.scratch.formats import HEAD, binary_fault, foreign_fault

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CLIENT_ENCODING = re.compile(rb"^SET client_encoding\s*(?:=|TO)\s*'([\w-]+)'", re.IGNORECASE | re.MULTILINE)
_NUMBER = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class SchemaFile:
    """A file as people type its name, and its text."""

    name: str
    text: str


def sql_files(folder: Path) -> list[Path]:
    """
    Return the .sql files of a folder in natural order.

    Raises:
        SchemaFileError: There are none.
    """
    found = sorted(
        (path for path in folder.rglob("*.sql") if path.is_file() and not is_hidden(path.relative_to(folder))),
        key=lambda path: natural_key(path.relative_to(folder).as_posix()),
    )
    if found:
        return found
    if (folder / "toc.dat").is_file():
        advice = "make it text with pg_restore --schema-only -f schema.sql FOLDER"
        raise SchemaFileError(f"{folder}: is a dump in pg_dump's directory format: {advice}")
    raise SchemaFileError(f"{folder}: there is no .sql file in it")


def is_hidden(path: Path) -> bool:
    """Return whether a part of a path begins with a dot."""
    return any(part.startswith(".") for part in path.parts)


def natural_key(name: str) -> list[tuple[int, int | str]]:
    """Return a key that puts 2 before 10, and a folder's own files before those of its folders."""
    return [(0, int(piece)) if piece.isdecimal() else (1, piece.casefold()) for piece in _NUMBER.split(name) if piece]


def read_schema_file(path: Path) -> SchemaFile:
    """
    Read one file.

    Raises:
        SchemaFileError: It can't be read, is no text, or is written for another database.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SchemaFileError(f"{path}: can't read it: {error.strerror}") from error
    if message := binary_fault(content[:HEAD]):
        raise SchemaFileError(f"{path}: {message}")
    text = _decoded(path, content)
    if message := foreign_fault(text[:HEAD]):
        raise SchemaFileError(f"{path}: {message}")
    return SchemaFile(str(path), text)


def _decoded(path: Path, content: bytes) -> str:
    """By its byte order mark (PowerShell's ``>`` writes UTF-16), else as a dump says of itself, else UTF-8."""
    encoding = next((name for bom, name in _BOMS if content.startswith(bom)), None)
    if encoding is None and (said := _CLIENT_ENCODING.search(content[:HEAD])):
        encoding = _python_encoding(said[1])
    try:
        return content.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        advice = "" if encoding else ": convert it, or dump it with pg_dump --encoding UTF8"
        shown = (encoding or "utf-8").removesuffix("-sig").upper()
        raise SchemaFileError(f"{path}: is not {shown}: {error.reason} at byte {error.start}{advice}") from error


def _python_encoding(name: bytes) -> str | None:
    """PostgreSQL's LATIN1, WIN1252, EUC_JP, KOI8R; None for SQL_ASCII, which says nothing."""
    said = name.decode("ascii").lower()
    if said == "sql_ascii":
        return None
    said = re.sub(r"^win(?=\d)", "cp", re.sub(r"^koi8(?=[ru]$)", "koi8_", said))
    try:
        return codecs.lookup(said).name
    except LookupError:
        return None  # the bytes may still be UTF-8
