"""The declared columns of one database, and what they make of the parameters and columns of its queries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeVar

import psycopg

from plainsql.column_types import ColumnSetting
from plainsql.describe.model import Column, Meaning, Parameter
from plainsql.errors import ConfigError
from plainsql.nullability import Facts, Node
from plainsql.origins import Declared, DeclaredColumn, Fault, Place, Use, trace
from plainsql.queries.columns import ListDeclaredRelationRow, list_declared_relation
from plainsql.query.annotations import Annotation, Dotted
from plainsql.query.model import Query
from plainsql.query.problem import Problem
from plainsql.query.source import closest, problem_at

_BYTEA: Final = 17
_JSON: Final = (114, 3802)
_KEYS: Final = frozenset({20, 21, 23, 25, 1043, 2950})
"""Types of the AAD: integers, text, varchar, uuid. They have one form each."""
_TABLES: Final = ("r", "p")
_DEFINES: Final = re.compile(
    r"(?:\s|--[^\n]*\n|/\*.*?\*/)*(?:alter|drop|comment|grant|revoke|vacuum|analyze|reindex|cluster|lock|truncate|set|reset"
    r"|create\s+(?:unique\s+)?index|create\s+table\s+\S+\s*\()",
    re.IGNORECASE | re.DOTALL,
)
"""Statements of scripts that neither read nor write values."""
_EVERYTHING: Final = re.compile(r"\*|\btable\s+\w|\bto_jsonb?\b|\brow_to_json\b", re.IGNORECASE)

V = TypeVar("V", Parameter, Column)


class DeclaredColumns:
    """
    The declared columns of one database.

    Args:
        conn: To it; its search path decides what a bare table is.
        settings: Of the project.
        folders: Where its own packages may lie; None: its classes are not looked for.

    Raises:
        ConfigError: There is no such column, or it can't be what it is declared to be.
    """

    def __init__(
        self, conn: psycopg.Connection[Any], settings: Sequence[ColumnSetting], folders: Sequence[Path] | None
    ) -> None:
        self._settings: dict[str, ColumnSetting] = {}
        self._annotations: dict[str, Annotation] = {}
        columns: dict[tuple[int, int], Place] = {}
        indexes: dict[tuple[int, int], Place] = {}
        bound: dict[tuple[int, int], DeclaredColumn] = {}
        row_types: set[int] = set()
        names: set[str] = set()
        for setting in settings:
            rows = list_declared_relation(conn, name=setting.table)
            declared = _declared(setting, rows)
            self._settings[declared.key] = setting
            if not setting.is_secret:
                module = setting.found(folders).module if folders is not None else ""
                self._annotations[declared.key] = Annotation((Dotted(setting.python, module),), (setting.python,))
            else:
                row_types |= {oid for row in rows for oid in (row.row_type, row.row_array) if oid}
                names.add(setting.table.rpartition(".")[2])
            for relation, numbers in _relations(rows):
                place = Place(
                    declared,
                    tuple(numbers[name] for name in declared.aad),
                    numbers[declared.index] if declared.index else 0,
                )
                columns[relation, numbers[declared.name]] = place
                bound |= {(relation, number): declared for number in place.aad}
                if place.index:
                    indexes[relation, place.index] = place
        self.declared = Declared(columns, indexes, bound, frozenset(row_types), frozenset(names))

    def __bool__(self) -> bool:
        return bool(self.declared)

    def applied(
        self,
        query: Query,
        statement: Node,
        facts: Facts,
        parameters: Sequence[Parameter],
        columns: Sequence[Column],
    ) -> tuple[tuple[Parameter, ...], tuple[Column, ...], list[Problem]]:
        """Return the values of *query* with what declared columns make of them, and what must not be done to those."""
        found = trace(statement, facts, self.declared)
        problems = [
            _problem(query, fault)
            for fault in found.faults
            if not (0 <= fault.column < len(columns) and columns[fault.column].annotation)
        ]
        given = [
            self._parameter(parameter, use) if (use := found.parameters.get(number)) else parameter
            for number, parameter in enumerate(parameters, 1)
        ]
        returned = list(columns)
        for index, output in enumerate(found.outputs if len(found.outputs) == len(columns) else ()):
            if output is not None:
                returned[index] = self._valued(columns[index], output.column, output.aad, False)
        problems += [
            problem_at(query, None, f"'@type {name}': {column} is encrypted and no other type", hint="take it out")
            for name, column in (*_retyped(given), *_retyped(returned))
        ]
        return tuple(given), tuple(returned), problems

    def unfollowed(self, query: Query, reason: str) -> Problem | None:
        """Return the fault of a statement without a tree that might have to do with an encrypted column."""
        if not self.declared.has_secrets or not any(_mention(query.sql, name) for name in self.declared.names):
            return None
        names = ", ".join(sorted(self.declared.names))
        message = f"not analysed, so encrypted columns can't be followed through it: {reason}"
        return problem_at(query, None, message, hint=f"leave {names} out of it, or write it so that it can be analysed")

    def in_script(self, query: Query) -> Problem | None:
        """Return the fault of a script that copies a table with encrypted columns, or reads or writes one of them."""
        if not self.declared.has_secrets:
            return None
        for statement in query.statements:
            start = max(query.sql.find(statement), 0)
            if re.match(r"\s*copy\b", statement, re.IGNORECASE):
                for name in self.declared.names:
                    if _mention(statement, name) is not None:
                        message = f"COPY takes the columns of {name} as they are, encrypted ones too"
                        return problem_at(query, start, message, hint="select or insert the rows", length=4)
            elif not _DEFINES.match(statement) and (found := self._secret_in(statement)):
                message = f"a script is not analysed, so {found} can't be followed through it"
                return problem_at(query, start, message, hint="make it a query of its own, or leave the column out")
        return None

    def _secret_in(self, statement: str) -> str | None:
        """Return the encrypted column that a statement may name: by its name, or by everything of its table."""
        for setting in self._settings.values():
            if not setting.is_secret or _mention(statement, setting.table.rpartition(".")[2]) is None:
                continue
            words = (setting.column, setting.blind_index)
            if any(_mention(statement, word) is not None for word in words) or _EVERYTHING.search(statement):
                return setting.key
        return None

    def _parameter(self, parameter: Parameter, use: Use) -> Parameter:
        if use.column.is_secret:
            aad = tuple(number - 1 for number in use.aad)
            return replace(parameter, meaning=Meaning(self._name(use.column), aad, use.is_array, use.is_index))
        return self._annotated(parameter, use.column, is_array=use.is_array)

    def _valued(self, column: Column, declared: DeclaredColumn, aad: tuple[int, ...], is_array: bool) -> Column:
        if declared.is_secret:
            return replace(column, meaning=Meaning(self._name(declared), aad, is_array))
        return self._annotated(column, declared, is_array=is_array)

    def _annotated(self, value: V, declared: DeclaredColumn, *, is_array: bool) -> V:
        """Return a value that is JSON of a class; what the query itself says by ``@type`` goes first."""
        if value.annotation is not None:
            return value
        annotation = self._class(declared, is_array=is_array)
        # Elements that were proved not NULL are for the class to tell now.
        changed: dict[str, Any] = {"annotation": annotation, "json_column": self._settings[declared.key].extra}
        return replace(value, is_full=False, **changed)

    def _class(self, declared: DeclaredColumn, *, is_array: bool) -> Annotation:
        one = self._annotations[declared.key]
        return Annotation(("list[", *one.parts, " | None]"), ("list",)) if is_array else one

    def _name(self, declared: DeclaredColumn) -> str:
        return self._settings[declared.key].name


def _declared(setting: ColumnSetting, rows: Sequence[ListDeclaredRelationRow]) -> DeclaredColumn:
    """Return the column of a setting, if the database has it and it can be what it is declared to be."""
    root = {row.name: row for row in rows if row.is_root}
    if not root:
        raise ConfigError(f"{setting.origin}: the database has no table {setting.table!r}")
    kind = next(iter(root.values())).kind
    if kind not in _TABLES:
        raise ConfigError(f"{setting.origin}: {setting.table!r} is no table: declare the column of the table behind it")
    column = _found(setting, setting.column, root)
    if not setting.is_secret:
        if column.type not in _JSON:
            raise ConfigError(f"{setting.origin} is {column.type_name}: a class is for json and jsonb")
        return DeclaredColumn(setting.key, setting.column)
    if column.type != _BYTEA:
        raise ConfigError(f"{setting.origin} is {column.type_name}: what is encrypted needs bytea")
    keys = sorted((row.key_position, row.name) for row in root.values() if row.key_position is not None)
    aad = setting.aad or tuple(name for _, name in keys)
    if not aad:
        raise ConfigError(
            f'{setting.origin}: the table has no primary key: say aad = ["…"], which its values are bound to'
        )
    for name in aad:
        bound = _found(setting, name, root)
        if name in (setting.column, setting.index):
            raise ConfigError(
                f"{setting.origin}: a value can't be bound to itself, nor to its index: aad names {name!r}"
            )
        if bound.type not in _KEYS or not bound.is_deterministic or not bound.not_null:
            found = "may be NULL" if not bound.not_null else f"is {bound.type_name}"
            found = found if bound.is_deterministic else "has a collation that takes different texts for equal"
            expected = "integers, text, varchar and uuid that are NOT NULL"
            raise ConfigError(f"{setting.origin}: values can be bound to {expected}; {name!r} {found}")
    index = setting.index or (setting.blind_index if setting.blind_index in root else None)
    if index is not None and (found_index := _found(setting, index, root)).type != _BYTEA:
        raise ConfigError(f"{setting.origin}: the blind index {index!r} is {found_index.type_name}, it needs bytea")
    return DeclaredColumn(setting.key, setting.column, True, aad, index)


def _found(setting: ColumnSetting, name: str, root: dict[str, ListDeclaredRelationRow]) -> ListDeclaredRelationRow:
    if name in root:
        return root[name]
    close = closest(name, root)
    advice = f"; did you mean {close!r}?" if close else f"; it has {', '.join(root)}"
    raise ConfigError(f"{setting.origin}: {setting.table!r} has no column {name!r}{advice}")


def _relations(rows: Iterable[ListDeclaredRelationRow]) -> Iterator[tuple[int, dict[str, int]]]:
    """Yield each table of a family with the numbers of its columns."""
    found: dict[int, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row.relation, {})[row.name] = row.attnum
    yield from found.items()


def _retyped(values: Sequence[Parameter] | Sequence[Column]) -> Iterator[tuple[str, str]]:
    """Yield the encrypted ones that the query gives a type by ``@type``, with their columns."""
    for value in values:
        if value.meaning is not None and value.annotation is not None:
            yield value.name, value.meaning.column


def _problem(query: Query, fault: Fault) -> Problem:
    start = 0
    if fault.after and (match := re.search(fault.after.replace(" ", r"\s+"), query.sql, re.IGNORECASE)):
        start = match.end()
    for word in fault.words:
        offset = _mention(query.sql, word, start)
        if (offset := _mention(query.sql, word) if offset is None else offset) is not None:
            return problem_at(query, offset, fault.message, hint=fault.hint, length=len(word))
    return problem_at(query, None, fault.message, hint=fault.hint)


def _mention(sql: str, word: str, start: int = 0) -> int | None:
    """Return where *sql* names *word*, outside of texts and comments."""
    pattern = rf"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/|(?P<word>(?<![\w$])\"?{re.escape(word)}\"?(?![\w$]))"
    for match in re.compile(pattern, re.IGNORECASE | re.DOTALL).finditer(sql, start):
        if match["word"]:
            return match.start()
    return None
