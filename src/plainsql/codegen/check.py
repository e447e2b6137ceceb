"""Compare query files, database and modules, and say exactly where they disagree."""

from __future__ import annotations

import re
from itertools import zip_longest
from pathlib import Path

from plainsql.__about__ import __version__
from plainsql.codegen import layout
from plainsql.codegen.generate import modules
from plainsql.codegen.session import Described
from plainsql.codegen.signature import Signature, signatures
from plainsql.codegen.stamp import is_untouched, read_stamp, source_digest
from plainsql.config import Config
from plainsql.query.model import Query, QueryFile
from plainsql.query.problem import Problem
from plainsql.query.source import problem_at

_GENERATE = "run `plainsql generate`"


def check(config: Config, described: Described) -> list[Problem]:
    """
    Return every fault of the query files and every difference between them, the database and the modules.

    Faults of a file hide the differences of its modules: they can't be current.
    """
    found = described.problems()
    targets = {target.stem: target for target in layout.targets(config)}
    texts = modules(config, described, targets, found)
    for file in described.catalog.files:
        target = targets[file.stem]
        if target.sync in texts:
            found += _compare(config, file, {path: texts[path] for path in (target.sync, target.aio)})
    types = layout.types_module(config)
    is_sound = not any(problem.level == "error" for problem in found)
    if types in texts:
        found += _compare_types(config, types, texts[types])
    if is_sound:
        for path, text in layout.packages(config, list(targets), with_types=types in texts).items():
            if targets and (not path.is_file() or path.read_text(encoding="utf-8") != text):
                found.append(
                    _at(config, path, 1, "this package's __init__ is not what the generator writes", _GENERATE)
                )
        found += [
            _at(config, path, 1, "its query file is gone", f"{_GENERATE}, which removes this module")
            for path in layout.leftovers(config)
        ]
    return sorted(found, key=lambda problem: (problem.file, problem.line, problem.column))


def _compare(config: Config, file: QueryFile, expected: dict[Path, str]) -> list[Problem]:
    for path, text in expected.items():
        shown = config.shown(path)
        try:
            actual = path.read_text(encoding="utf-8").replace("\r\n", "\n")
        except FileNotFoundError:
            return [Problem(file.path, 1, 1, f"{shown} does not exist", _GENERATE, _line(file.text, 1))]
        except UnicodeDecodeError:
            return [_at(config, path, 1, "this module is not UTF-8 text", f"delete it and {_GENERATE}")]
        if actual == text:
            continue
        stamp = read_stamp(actual)
        if stamp is None or not is_untouched(actual, stamp):
            return [_edited_by_hand(config, path, actual, text, file)]
        if problems := _changed_queries(file, shown, signatures(actual), signatures(text)):
            return problems
        if stamp.source != source_digest(file.text.encode()):
            reason = f"{file.path} was edited since {shown} was generated"
        elif stamp.version != __version__:
            reason = f"{shown} was written by plainsql {stamp.version}, this is {__version__}"
        else:
            reason = f"the migrations, hooks or settings changed since {shown} was generated"
        return [Problem(file.path, 1, 1, reason, _GENERATE, _line(file.text, 1))]
    return []


def _compare_types(config: Config, path: Path, expected: str) -> list[Problem]:
    actual = path.read_text(encoding="utf-8", errors="replace").replace("\r\n", "\n") if path.is_file() else ""
    if actual == expected:
        return []
    if not actual:
        return [_at(config, path, 1, "the module of the composite types does not exist", _GENERATE)]
    if (stamp := read_stamp(actual)) and is_untouched(actual, stamp):
        changed = actual.split("\n")[2:] != expected.split("\n")[2:]
        message = "the composite types of the database, or the settings, are others than this module says"
        message = message if changed else "the migrations or settings changed since this module was generated"
        return [_at(config, path, _first_difference(actual, expected), message, _GENERATE, actual)]
    message = "this generated module was edited"
    return [_at(config, path, _first_difference(actual, expected), message, f"{_GENERATE}; edits are lost", actual)]


def _first_difference(actual: str, expected: str) -> int:
    pairs = zip_longest(actual.split("\n"), expected.split("\n"))
    stamps = "# plainsql "
    return next((number for number, (a, b) in enumerate(pairs, 1) if a != b and not (a or "").startswith(stamps)), 2)


def _edited_by_hand(config: Config, path: Path, actual: str, expected: str, file: QueryFile) -> Problem:
    ours, theirs = expected.split("\n"), actual.split("\n")
    stamps = {line for line in (*ours, *theirs) if line.startswith("# plainsql ")}
    for number, line in enumerate(theirs, start=1):
        wanted = ours[number - 1] if number <= len(ours) else ""
        if line != wanted and line not in stamps:
            message = f"this generated module was edited: expected {wanted.strip()!r}, found {line.strip()!r}"
            break
    else:
        number, message = len(theirs), "this generated module was edited"
    return _at(config, path, number, message, f"make the change in {file.path} and {_GENERATE}", actual)


def _changed_queries(
    file: QueryFile, shown: str, actual: dict[str, Signature], expected: dict[str, Signature]
) -> list[Problem]:
    found: list[Problem] = []
    for query in file.queries:
        new = expected.get(query.name)
        old = actual.get(query.name)
        if new is None:
            continue
        if old is None:
            found.append(problem_at(query, None, f"{query.name} is not in {shown}", hint=_GENERATE))
        elif new.sql != old.sql:
            message = f"{query.name} was edited since {shown} was generated"
            found.append(problem_at(query, None, message, hint=_GENERATE))
        else:
            found += _changed_types(query, shown, old, new)
    gone = actual.keys() - expected.keys()
    found += [
        Problem(file.path, 1, 1, f"{name} is in {shown} and no longer in this file", _GENERATE, _line(file.text, 1))
        for name in sorted(gone)
    ]
    return found


def _changed_types(query: Query, shown: str, old: Signature, new: Signature) -> list[Problem]:
    found: list[Problem] = []
    for what, before, after in (("column", old.columns, new.columns), ("parameter", old.parameters, new.parameters)):
        for name in dict.fromkeys((*before, *after)):
            was, now = before.get(name, "nothing"), after.get(name, "nothing")
            if was != now:
                is_own = any((o.is_parameter, o.name) == (what == "parameter", name) for o in query.overrides)
                of_hook = what == "parameter" and name not in query.parameters
                says = "the query file" if is_own else "its hook" if of_hook else "the database"
                message = f"{what} {name}: {shown} says {was}, {says} says {now}"
                offset = _mention(query, name)
                found.append(problem_at(query, offset, message, hint=_GENERATE, length=len(name) if offset else 1))
    if not found and old.returns != new.returns:
        message = f"{query.name} returns {old.returns} in {shown}, {new.returns} by the database"
        found.append(problem_at(query, None, message, hint=_GENERATE))
    return found


def _mention(query: Query, name: str) -> int | None:
    """Return the offset at which *name* is first mentioned in the SQL: as written, or as its parameter."""
    patterns = [rf"\b{re.escape(name)}\b"]
    if name in query.parameters:
        patterns.insert(0, rf"\${query.parameters.index(name) + 1}\b")
    for pattern in patterns:
        if match := re.search(pattern, query.sql):
            return match.start()
    return None


def _at(config: Config, path: Path, line: int, message: str, hint: str, text: str = "") -> Problem:
    source = _line(text or path.read_text(encoding="utf-8", errors="replace"), line) if path.is_file() else ""
    column = len(source) - len(source.lstrip()) + 1 if source.strip() else 1
    return Problem(config.shown(path), line, column, message, hint, source, length=max(1, len(source.strip())))


def _line(text: str, number: int) -> str:
    lines = text.split("\n")
    return lines[number - 1].rstrip("\r") if number <= len(lines) else ""
