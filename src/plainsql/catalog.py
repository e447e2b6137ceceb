"""Every query of a folder, with the faults of its files."""

from __future__ import annotations

import keyword
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from plainsql.adapter import PlainSQLAdapter, PlainSQLLoader, unify_line_ends
from plainsql.query.model import Query, QueryFile
from plainsql.query.problem import Problem

_MODULE: Final = re.compile(r"[a-z_][a-z0-9_]*\Z")


@dataclass(frozen=True, slots=True)
class Catalog:
    """
    The queries of a folder.

    Attributes:
        files: Files in order of their keys, each with its good queries.
        problems: What is wrong with the others, in file order.
    """

    files: tuple[QueryFile, ...]
    problems: tuple[Problem, ...]

    @property
    def queries(self) -> Iterator[Query]:
        """Iterate over all queries, in file order."""
        for file in self.files:
            yield from file.queries


def load_catalog(directory: Path, *, root: Path | None = None) -> Catalog:
    """
    Read every ``.sql`` file below a folder.

    Args:
        directory: Folder of query files; sub-folders become part of the keys.
        root: Folder that shown paths are relative to; the current one if not given.

    Returns:
        A catalog; what is wrong with a file, or with the folder, is in its problems.
    """
    directory = Path(directory)
    shown = _Shown(root)
    problems: list[Problem] = []
    if not directory.is_dir():
        found = "is not a folder" if directory.exists() else "does not exist"
        hint = 'name the folder of your .sql files: queries = "…" under [tool.plainsql], or --queries'
        return Catalog((), (Problem(shown(directory), 1, 1, f"the query folder {found}", hint),))
    loader = PlainSQLLoader(PlainSQLAdapter(), None, attribute=None, mandatory_parameters=False)
    files = []
    for path in _sql_files(directory, shown, problems):
        parts = path.relative_to(directory).with_suffix("").parts
        name = shown(path)
        text = _read(path, name, problems)
        if text is None:
            continue
        problems += _name_problems(name, parts)
        file, found_problems = loader.load_query_file(text, path=name, stem=".".join(parts))
        problems += found_problems
        if not file.queries and not found_problems:
            problems.append(
                Problem(name, 1, 1, "no query in this file", "write -- name: get_user(id)^", level="warning")
            )
        files.append(file)
    if not files and not problems:
        message, hint = "no .sql file in the query folder", "add one with a query under -- name: get_user(id)^"
        problems.append(Problem(shown(directory), 1, 1, message, hint, level="warning"))
    unique = _without_duplicates(files, problems)
    return Catalog(tuple(unique), tuple(sorted(problems, key=lambda p: (p.file, p.line, p.column))))


class _Shown:
    """Turns paths into what people type: relative to the root, forward slashes."""

    def __init__(self, root: Path | None) -> None:
        self.root = Path(root or Path.cwd()).absolute()

    def __call__(self, path: Path) -> str:
        whole = Path(os.path.normpath(path.absolute()))
        return (whole.relative_to(self.root) if whole.is_relative_to(self.root) else whole).as_posix()


def _sql_files(directory: Path, shown: _Shown, problems: list[Problem]) -> list[Path]:
    """Return the ``.sql`` files below *directory* in order of their keys; a link in a circle is a problem."""
    files: list[Path] = []

    def walk(folder: Path, above: frozenset[str]) -> None:
        real = os.path.realpath(folder)
        if real in above:
            problems.append(
                Problem(shown(folder), 1, 1, "this link leads back to a folder above it", "remove the link")
            )
            return
        try:
            entries = sorted(folder.iterdir())
        except OSError as error:
            problems.append(Problem(shown(folder), 1, 1, f"the folder can't be read: {error.strerror}"))
            return
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                walk(entry, above | {real})
            elif entry.suffix.lower() == ".sql":
                files.append(entry)

    walk(directory, frozenset())
    return sorted(files, key=lambda path: path.relative_to(directory).with_suffix("").parts)


def _read(path: Path, shown: str, problems: list[Problem]) -> str | None:
    try:
        raw = path.read_bytes()
    except OSError as error:
        hint = "the link leads nowhere or in a circle" if path.is_symlink() else None
        problems.append(Problem(shown, 1, 1, f"the file can't be read: {error.strerror}", hint))
        return None
    try:
        return unify_line_ends(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        good = unify_line_ends(raw[: error.start].decode("utf-8-sig", errors="replace"))
        line, column = good.count("\n") + 1, len(good) - good.rfind("\n")
        message = f"the file is not UTF-8: byte 0x{raw[error.start]:02x}"
        problems.append(Problem(shown, line, column, message, "save it as UTF-8"))
        return None


def _name_problems(shown: str, parts: tuple[str, ...]) -> list[Problem]:
    """Each file becomes a Python module of the same name, each sub-folder a package."""
    for part in parts:
        plain = re.sub(r"[^a-z0-9]+", "_", part.lower()).strip("_")
        if not _MODULE.match(part) or keyword.iskeyword(part) or part in ("aio", "__init__"):
            better = f"q_{plain}" if plain[:1].isdigit() else plain or "queries"
            better += "_queries" if better == part else ""
            hint = f"rename it, for example to '{better}'"
            return [Problem(shown, 1, 1, f"'{part}' can't be the name of a Python module", hint)]
    return []


def _without_duplicates(files: list[QueryFile], problems: list[Problem]) -> list[QueryFile]:
    """Refuse a name that another file of the same folder has: aiosql gives a folder one namespace."""
    first: dict[tuple[str, str], Query] = {}
    unique = []
    for file in files:
        folder = file.stem.rpartition(".")[0]
        kept = []
        for query in file.queries:
            for taken, of in ((query.name, query), (f"{query.name}_cursor", query)):
                if query.kind == "many" or taken == query.name:
                    first.setdefault((folder, taken), of)
            holder = first[folder, query.name]
            if holder.key == query.key:
                kept.append(query)
                continue
            source = file.text.split("\n", query.line)[query.line - 1]
            column = max(source.find(query.name), 0) + 1
            message = f"query '{query.name}' is already defined at {holder.file}:{holder.line}"
            if holder.name != query.name:
                message = f"aiosql makes a function '{query.name}' of the query at {holder.file}:{holder.line}"
            hint = "names are unique within a folder; rename one of the two"
            problems.append(Problem(file.path, query.line, column, message, hint, source, len(query.name), query.key))
        unique.append(replace(file, queries=tuple(kept)))
    return unique
