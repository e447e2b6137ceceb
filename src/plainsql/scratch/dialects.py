"""Whose migrations are these? The files that lead up, in the order in which their own tool would run them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from plainsql.errors import MigrationError
from plainsql.scratch.reading import SchemaFile, is_hidden, natural_key, read_schema_file
from plainsql.scratch.schema_files import Note
from plainsql.scratch.sections import MARKERS, TERN, sectioned_by, up_part

_YOYO_HEAD = re.compile(r"\A(?:[^\S\n]*(?:--[^\n]*)?\n)*?[^\S\n]*--\s*(?:transactional|depends)\s*:", re.IGNORECASE)
_YOYO_NAME = re.compile(r"\d+\.[^/]*\.rollback\.sql\Z|[^/]*\.rollback\.sql\Z")
_DOWN = re.compile(
    r"(?:[._-](?:down|undo|rollback|revert)|\A(?:down|undo|rollback|revert))(?:[._-][^/]*)?\.sql\Z", re.IGNORECASE
)
_FLYWAY = re.compile(r"(?P<kind>[VB])(?P<version>\d+(?:[._]\d+)*)__[^/]*\.sql\Z")
_REPEATABLE = re.compile(r"R__[^/]*\.sql\Z")
_POSTGRATOR = re.compile(r"\d+\.(?P<way>do|undo)(?:\.[^/]*)?\.sql\Z")
_NUMBERED = re.compile(r"\d+[^/]*\.sql\Z")

YOYO = "yoyo"
NUMBERED = "numbered files"
UNNUMBERED = "files without numbers"

_SECTIONED = frozenset({*MARKERS, TERN})


@dataclass(frozen=True, slots=True)
class Dialect:
    """
    Migrations of one tool.

    Attributes:
        tool: What people call it.
        names: Paths below the folder of what leads up, in order.
        has_down: Whether there are files that lead down, which are left out.
    """

    tool: str
    names: tuple[str, ...]
    has_down: bool = False


def read_migration_files(folder: Path, *, foreign: bool, note: Note) -> list[SchemaFile]:
    """
    Return what another tool's migrations lead up to, file by file; nothing when they are yoyo's.

    Args:
        folder: Of the migrations.
        foreign: Whether files that are only numbered are not yoyo's.
        note: Told which tool was found.

    Raises:
        MigrationError: There is no SQL in the folder, or a file of a tool lacks the section that leads up.
        SchemaFileError: A file can't be read.
    """
    if not folder.is_dir():
        raise MigrationError(f"there is no folder of migrations at {folder}")
    names = sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.sql")
        if path.is_file() and not is_hidden(path.relative_to(folder))
    )
    if is_yoyo(folder, names):
        return []
    texts = {name: read_schema_file(folder / name) for name in names}
    dialect = _sqitch(folder, names) or detect({name: file.text for name, file in texts.items()})
    if dialect.tool in (NUMBERED, UNNUMBERED) and not foreign:
        return []
    if not dialect.names:
        raise MigrationError(f"{folder}: {_no_sql(folder)}")
    files = []
    for name in dialect.names:
        file = texts.get(name) or read_schema_file(folder / name)
        text = up_part(file.text, dialect.tool) if dialect.tool in _SECTIONED else file.text
        if text is None:
            raise MigrationError(f"{file.name}: has no section that leads up, as {dialect.tool} needs it")
        files.append(SchemaFile(file.name, text))
    note(_summary(folder, dialect))
    return files


def is_yoyo(folder: Path, names: Sequence[str]) -> bool:
    """Return whether a folder's migrations are surely yoyo's."""
    if any(_YOYO_NAME.match(name) for name in names):
        return True
    if any("yoyo" in path.read_text(encoding="utf-8", errors="replace") for path in folder.glob("*.py")):
        return True
    return any("/" not in name and _YOYO_HEAD.match(_head(folder / name)) for name in names)


def _head(path: Path) -> str:
    with path.open(encoding="utf-8", errors="replace") as file:
        return file.read(4096)


def migrations_tool(folder: Path, files: Sequence[SchemaFile]) -> str | None:
    """Return whose migrations a folder of schema files holds when some lead down, which no schema does; else None."""
    texts = {Path(file.name).relative_to(folder).as_posix(): file.text for file in files}
    if is_yoyo(folder, list(texts)):
        return YOYO
    dialect = _sqitch(folder, list(texts)) or detect(texts)
    return dialect.tool if dialect.has_down or dialect.tool in _SECTIONED else None


def detect(texts: dict[str, str]) -> Dialect:
    """Return whose migrations these are, by the names of the files and the comments in them."""
    names = sorted(texts, key=natural_key)
    tools = {name: tool for name in names if (tool := sectioned_by(texts[name])) is not None}
    if tools:
        tool = max(set(tools.values()), key=list(tools.values()).count)
        return Dialect(tool, tuple(name for name in names if name in tools or _NUMBERED.match(_base(name))))
    if any(name.endswith("/migration.sql") for name in names):
        # Prisma sorts folders as text.
        return Dialect("Prisma", tuple(sorted(name for name in names if name.endswith("/migration.sql"))))
    if any(name.endswith("/up.sql") for name in names):
        return Dialect("Diesel", tuple(name for name in names if name.endswith("/up.sql")), has_down=True)
    if any(name.endswith(".up.sql") for name in names):
        ups = tuple(name for name in names if not _DOWN.search(_base(name)))
        return Dialect("golang-migrate or sqlx", ups, has_down=len(ups) < len(names))
    if any(_POSTGRATOR.match(_base(name)) for name in names):
        ups = tuple(name for name in names if (found := _POSTGRATOR.match(_base(name))) and found["way"] == "do")
        return Dialect("Postgrator", ups, has_down=len(ups) < len(names))
    if any(_FLYWAY.match(_base(name)) for name in names):
        return _flyway(names)
    ups = tuple(name for name in names if not _DOWN.search(_base(name)))
    numbered = all(_NUMBERED.match(_base(name)) for name in ups)
    return Dialect(NUMBERED if numbered else UNNUMBERED, ups, has_down=len(ups) < len(names))


def _flyway(names: Sequence[str]) -> Dialect:
    """Versioned files by version, from the last baseline on; then the repeatable ones by name."""
    versions = {name: found for name in names if (found := _FLYWAY.match(_base(name)))}

    def version(name: str) -> tuple[int, ...]:
        return tuple(int(part) for part in re.split(r"[._]", versions[name]["version"]))

    baselines = [name for name in versions if versions[name]["kind"] == "B"]
    first = max(baselines, key=version, default=None)
    versioned = sorted(
        (
            name
            for name in versions
            if versions[name]["kind"] == "V" and (first is None or version(name) > version(first))
        ),
        key=version,
    )
    repeatable = sorted((name for name in names if _REPEATABLE.match(_base(name))), key=_base)
    chosen = (*([first] if first else []), *versioned, *repeatable)
    return Dialect("Flyway", chosen, has_down=any(_base(name).startswith("U") for name in names))


def _sqitch(folder: Path, names: Sequence[str]) -> Dialect | None:
    plan = folder / "sqitch.plan"
    if not plan.is_file():
        return None
    changes = [line.split()[0] for line in plan.read_text(encoding="utf-8").splitlines() if line.strip()]
    wanted = [f"deploy/{change}.sql" for change in changes if change[0] not in "%@#-"]
    return Dialect("Sqitch", tuple(name for name in wanted if name in names), has_down=True)


def _base(name: str) -> str:
    return name.rpartition("/")[2]


def _summary(folder: Path, dialect: Dialect) -> str:
    count = len(dialect.names)
    tool = dialect.tool if dialect.tool in (NUMBERED, UNNUMBERED) else f"migrations of {dialect.tool}"
    left = ", without those that lead down" if dialect.has_down else ""
    files = f"{count} {'file' if count == 1 else 'files'}"
    return f"{folder}: taken for {tool}: {files}{left}, from {dialect.names[0]} to {dialect.names[-1]}"


_PROGRAMS = frozenset({".py", ".js", ".ts", ".mjs", ".cjs", ".rb", ".xml", ".yaml", ".yml"})
_DUMP = "migrate a database with their own tool, and give --schema what pg_dump --schema-only writes of it"


def _no_sql(folder: Path) -> str:
    """Say why a folder without SQL can't be used, and what can."""
    if (folder / "env.py").is_file() or (folder / "versions").is_dir():
        advice = "run `alembic upgrade head --sql > schema.sql` and give --schema schema.sql"
        return f"Alembic's migrations are Python: {advice}"
    if any("django" in path.read_text(encoding="utf-8", errors="replace") for path in folder.glob("*.py")):
        return f"Django's migrations are Python: {_DUMP}"
    if any(path.suffix in _PROGRAMS for path in folder.iterdir()):
        return f"these migrations are programs, and only .sql files are read: {_DUMP}"
    return "there is no .sql file in it"
