"""Write the modules of a project."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from plainsql.codegen import layout
from plainsql.codegen.classes import classes_of, read_classes, render_classes
from plainsql.codegen.render import Project, render_aio, render_sync
from plainsql.codegen.session import Described
from plainsql.codegen.stamp import sealed, source_digest
from plainsql.config import Config
from plainsql.errors import PlainSQLError
from plainsql.query.problem import Problem


@dataclass
class Outcome:
    """
    What a run of the generator did.

    Attributes:
        queries: Queries in modules that are now current.
        written: Modules written.
        removed: Modules removed, because their query file is gone.
        problems: Faults and warnings; a file with a fault keeps the modules it had.
    """

    queries: int = 0
    written: list[Path] = field(default_factory=list)
    removed: list[Path] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether any problem is an error."""
        return any(problem.level == "error" for problem in self.problems)


def modules(
    config: Config, described: Described, targets: Mapping[str, layout.Target], problems: Sequence[Problem]
) -> dict[Path, str]:
    """
    Return the text of every module that has no fault, by path, stamped.

    Args:
        config: The project.
        described: Its queries.
        targets: Its query files by stem.
        problems: What is wrong with them; a file with an error has no module here.
    """
    schema = layout.schema_of(config)
    project = Project(config.package, config.rows, hooks=described.hooks, tenants=described.tenants)
    faulty = {problem.file for problem in problems if problem.level == "error"}
    texts: dict[Path, str] = {}
    if described.types_taken_by():
        return texts
    for file in described.catalog.files:
        if file.path in faulty:
            continue
        target = targets[file.stem]
        # Of the text that was described: the file may have been saved again since.
        source = source_digest(file.text.encode())
        descriptions = described.descriptions[file.path]
        texts[target.sync] = sealed(render_sync(file, descriptions, project), source=source, schema=schema)
        texts[target.aio] = sealed(render_aio(file, descriptions, project), source=source, schema=schema)
    if text := _types(config, described, project, keeps_others=bool(faulty)):
        texts[layout.types_module(config)] = sealed(text, source=layout.TYPES, schema=schema)
    return texts


def _types(config: Config, described: Described, project: Project, *, keeps_others: bool) -> str | None:
    """Return the module of the composite types; modules that a fault leaves as they are need their classes still."""
    path = layout.types_module(config)
    classes = classes_of(item for items in described.descriptions.values() for item in items)
    kept = read_classes(path.read_text(encoding="utf-8")) if keeps_others and layout.is_generated(path) else None
    if not classes and kept is None:
        return None
    return render_classes(classes, package=project.package, root=project.root, rows=project.rows, kept=kept)


def generate(config: Config, described: Described) -> Outcome:
    """Write every module that changed and remove those whose query file is gone."""
    outcome = Outcome(problems=described.problems())
    targets = {target.stem: target for target in layout.targets(config)}
    texts = modules(config, described, targets, outcome.problems)
    stems = [stem for stem, target in targets.items() if target.sync in texts or target.sync.exists()]
    if stems:
        texts |= layout.packages(config, stems, with_types=layout.types_module(config) in texts)
    for path, text in texts.items():
        if path.exists() and not layout.is_generated(path) and path.read_bytes().strip():
            outcome.problems.append(_not_ours(config, path))
        elif _write(path, text):
            outcome.written.append(path)
    if not outcome.failed:
        for path in list(layout.leftovers(config)):
            path.unlink()
            outcome.removed.append(path)
    outcome.queries = sum(
        len(found) for found in described.descriptions.values() if all(item.problem is None for item in found)
    )
    return outcome


def _not_ours(config: Config, path: Path) -> Problem:
    return Problem(
        config.shown(path),
        1,
        1,
        "this module was not generated, so it is not overwritten",
        hint="move it away, or choose another `output` under [tool.plainsql]",
    )


def _write(path: Path, text: str) -> bool:
    """Put *text* at *path* in one step, so that no reader ever sees half a module; False if it is there already."""
    try:
        return _replace(path, text.encode())
    except OSError as error:
        raise PlainSQLError(f"{path}: can't write it: {error.strerror}") from error


def _replace(path: Path, data: bytes) -> bool:
    try:
        if path.read_bytes() == data:
            return False
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".plainsql-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(0o666 & ~umask)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return True
