"""Random rows for a random schema: none, few, more; full of NULL wherever it is let in."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from tests.soundness.draw import Draw
from tests.soundness.schema import Column, Relation, Schema
from tests.soundness.types import quote


@dataclass(frozen=True, slots=True)
class Legacy:
    """A constraint that is younger than the rows: what to run before they come, and after."""

    before: str
    after: tuple[str, ...]


@dataclass(slots=True)
class State:
    """
    What the tables hold while statements run.

    Attributes:
        legacy: Constraints to take away and to bring back.
        inserts: Single rows; some are refused.
        refresh: Fills materialised views, while the constraints are away.
    """

    name: str
    legacy: list[Legacy] = field(default_factory=list)
    inserts: list[str] = field(default_factory=list)
    refresh: list[str] = field(default_factory=list)

    def copy(self) -> State:
        """Return the same, to be changed."""
        return State(self.name, list(self.legacy), list(self.inserts), list(self.refresh))

    def sql(self) -> list[str]:
        """Return all statements in order."""
        before = [legacy.before for legacy in self.legacy]
        after = [sql for legacy in self.legacy for sql in legacy.after]
        return [*before, *self.inserts, *self.refresh, *after]


def make_states(schema: Schema, version: int) -> list[State]:
    """Return the states in which every statement of *schema* runs."""
    draw = Draw(random.Random(f"data {schema.seed}"), schema, version)
    states = [State("empty")]
    for name, least, most, nulls in (("sparse", 0, 2, 65), ("full", 4, 7, 30)):
        state = State(name, [Legacy(before, (after,)) for before, after in schema.around_data])
        for table in schema.tables:
            state.legacy += [legacy for column in table.columns if (legacy := _legacy(draw, table, column)) is not None]
            if table.kind == "table" and table.name.startswith("part_"):
                continue  # its rows come by way of the partitioned table
            for number in range(1, draw.random.randint(least, most) + 1):
                state.inserts.append(_row(draw, table, number, nulls))
        state.refresh = [
            f"REFRESH MATERIALIZED VIEW {view.name}" for view in schema.relations if view.kind == "matview"
        ]
        states.append(state)
    return states


def _legacy(draw: Draw, table: Relation, column: Column) -> Legacy | None:
    if column.loose is not None:
        return Legacy(column.loose[0], (column.loose[1],))
    if not column.stale:
        return None
    alter = f"ALTER TABLE {table.name} ALTER {column.name}"
    value = f"{quote(draw.value(column.type))}::{column.type}"
    return Legacy(
        f"{alter} DROP NOT NULL",
        (
            f"UPDATE {table.name} SET {column.name} = {value} WHERE {column.name} IS NULL",
            f"DELETE FROM {table.name} WHERE {column.name} IS NULL",
            f"{alter} SET NOT NULL",
        ),
    )


def _row(draw: Draw, table: Relation, number: int, nulls: int) -> str:
    columns = [column for column in table.columns if not column.generated]
    values = ", ".join(_value(draw, table, column, number, nulls) for column in columns)
    return f"INSERT INTO {table.name} ({', '.join(column.name for column in columns)}) VALUES ({values})"


def _value(draw: Draw, table: Relation, column: Column, number: int, nulls: int) -> str:
    if column.name in table.key and (column.required or draw.chance(60)):
        return str(number)
    free = not column.required or column.stale
    if free and draw.chance(nulls):
        # A domain that refuses NULL can't refuse the NULL of an empty subquery: it has the domain's type already.
        return "(SELECT 'x'::filled WHERE false)" if column.type == "filled" else "NULL"
    if column.foreign_key or column.name in ("id", "k"):
        return draw.pick(("1", "1", "2", "3"))
    return f"{quote(draw.value(column.type))}::{column.type}"
