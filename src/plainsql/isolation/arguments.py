"""Arguments for a query: keys and values of the tenant's own rows, and of the other's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from random import Random

from plainsql.isolation.filling import Filled, Tenants
from plainsql.isolation.tables import Column, Table
from plainsql.isolation.values import DAYS, TODAY, array, draw
from plainsql.typemap import PgType

_FAMILIES = {
    **dict.fromkeys(("int2", "int4", "int8", "numeric", "float4", "float8"), "number"),
    **dict.fromkeys(("text", "varchar", "bpchar", "citext", "name"), "text"),
    **dict.fromkeys(("timestamp", "timestamptz", "date"), "moment"),
    "tsvector": "tsquery",
}
_WIDE = (
    (("max_rows", "limit", "size", "batch", "top"), "number", "100"),
    (("min", "low"), "number", "0"),
    (("max", "high"), "number", "1000000"),
    (("year",), "number", str(TODAY.year)),
    (("since", "after", "from", "start"), "moment", f"{TODAY - timedelta(days=DAYS + 1)} 00:00+00"),
    (("until", "before", "to", "end"), "moment", f"{TODAY + timedelta(days=DAYS + 1)} 00:00+00"),
    (("tz", "time_zone", "timezone"), "text", "UTC"),
    (("older_than", "age", "min_age"), "interval", "-100 years"),
)
"""What lets a query see most, by words of the parameter's name."""
_WORD = re.compile(r"'(\w+)'")
MOST = 12
"""Most sets of arguments for one query and tenant."""


class Arguments:
    """Draws arguments for parameters; *touched* are the names of the tables that the statement is about."""

    def __init__(self, tables: Sequence[Table], filled: Filled, tenants: Tenants) -> None:
        self._tables = tables
        self._filled = filled
        self._tenants = tenants

    def sets(
        self, parameters: Sequence[tuple[str, PgType]], touched: frozenset[str], actor: int
    ) -> Iterator[list[str | None]]:
        """Yield sets of arguments: the tenant's own, the other's, one of the other's among his own, NULLs."""
        if not parameters:
            yield []
            return
        sources = [self._source(name, type_, touched) for name, type_ in parameters]
        labels = max((len(enum_of(type_)) for _, type_ in parameters), default=0)
        seen: set[tuple[str | None, ...]] = set()
        for owners, place, label in _turns(len(parameters), actor, labels):
            drawn = [
                self._value(name, type_, source, owner, actor, place, label)
                for (name, type_), source, owner in zip(parameters, sources, owners, strict=True)
            ]
            if tuple(drawn) not in seen:
                seen.add(tuple(drawn))
                yield drawn
            if len(seen) >= MOST * max(labels, 1):
                break
        # Of what may be NULL one at a time: keys of which a row takes one only.
        free = [place for place, source in enumerate(sources) if source is not None and not source[1].not_null]
        for chosen in free if len(free) > 1 else ():
            for owner in (actor, 1 - actor):
                yield [
                    None if place in free and place != chosen else self._value(name, type_, source, owner, actor, 0, 0)
                    for place, ((name, type_), source) in enumerate(zip(parameters, sources, strict=True))
                ]

    def _source(self, name: str, type_: PgType, touched: frozenset[str]) -> tuple[Table, Column] | None:
        """Return the column whose values suit a parameter best."""
        base = element_of(type_)
        found: list[tuple[int, tuple[Table, Column]]] = []
        for table in self._tables:
            for column in table.columns.values():
                if family(column.type) != family(base):
                    continue
                if score := _score(name, table, column, table.shown in touched):
                    found.append((score, (table, column)))
        return max(found, key=lambda item: item[0])[1] if found else None

    def _value(
        self,
        name: str,
        type_: PgType,
        source: tuple[Table, Column] | None,
        owner: int,
        actor: int,
        place: int,
        label: int,
    ) -> str | None:
        if names := enum_of(type_):
            return array([names[label % len(names)]]) if type_.kind == "array" else names[label % len(names)]
        if source is None:
            return self._drawn(name, type_, owner, place)
        table, column = source
        rows = self._filled.of(table, owner)
        value = rows[place % len(rows)][column.number] if rows else None
        if value is None:
            return self._drawn(name, type_, owner, place)
        if family(type_) == "tsquery":
            return _WORD.findall(value)[0] if _WORD.findall(value) else "word"
        if type_.kind != "array":
            return value
        own = [row[column.number] for row in self._filled.of(table, actor)]
        return array(list(dict.fromkeys([*own[place % (len(own) or 1) :][:1], value])))

    def _drawn(self, name: str, type_: PgType, owner: int, place: int) -> str | None:
        words = set(name.split("_"))
        for names, kind, value in _WIDE:
            if family(type_) == kind and (name in names or words & set(names)):
                return value
        return draw(type_, Random(f"{name}{owner}{place}"), mark=self._tenants.marks[owner], name=name)


_PROSE = ("name", "title", "description", "body", "text")


def _score(name: str, table: Table, column: Column, is_touched: bool) -> int:
    """Say how well the values of a column suit a parameter; 0: not at all."""
    singular = name.removesuffix("s") if name.endswith("s") else name
    tables = {table.name, table.name.removesuffix("s"), table.name.removesuffix("es"), table.name[:-3] + "y"}
    if column.name in (name, singular):
        return 9 if is_touched else 4
    if column.name == "id" and singular.removesuffix("_id") in tables and singular.endswith("_id"):
        return 8 if is_touched else 7
    if singular.endswith(f"_{column.name}") or column.name.endswith(f"_{singular}"):
        return 3 if is_touched else 2
    # What people search for, by a parameter that is called otherwise.
    is_text = family(column.type) in ("text", "tsquery")
    return int(is_touched and is_text and (column.name in _PROSE or family(column.type) == "tsquery"))


def _turns(count: int, actor: int, labels: int) -> Iterator[tuple[list[int], int, int]]:
    """Yield whose values go to each parameter, of which row, and the place of an enum's label."""
    other = 1 - actor
    for place in range(6):
        for label in range(max(labels, 1)):
            yield [actor] * count, place, label
            if place < 2:
                yield [other] * count, place, label
    for i in range(count):
        yield [other if j == i else actor for j in range(count)], 0, i
    for i in range(count):
        yield [actor if j == i else other for j in range(count)], 0, i


def enum_of(type_: PgType) -> tuple[str, ...]:
    """Return the labels of an enum, of a domain over one, of an array of one."""
    base = element_of(type_)
    while base.kind == "domain" and base.base is not None:
        base = base.base
    return base.labels if base.kind == "enum" else ()


def element_of(type_: PgType) -> PgType:
    """Return the type of an array's elements; a type that isn't an array is itself."""
    return type_.element if type_.kind == "array" and type_.element is not None else type_


def family(type_: PgType) -> str:
    """Return under which name types whose values read alike stand."""
    base = type_
    while base.kind == "domain" and base.base is not None:
        base = base.base
    return _FAMILIES.get(base.typname, base.typname)
