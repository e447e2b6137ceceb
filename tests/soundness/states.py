"""Random rows for a random schema: none, few, more; full of NULL wherever it is let in."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from tests.soundness.draw import Draw
from tests.soundness.schema import Column, Relation, Schema
from tests.soundness.types import quote


@dataclass(slots=True)
class State:
    """
    What the tables hold while statements run.

    Attributes:
        before: Statements that let rows in which break a constraint that is declared later.
        inserts: Single rows; some are refused.
        after: Fills materialised views, then declares the constraints again.
    """

    name: str
    before: list[str] = field(default_factory=list)
    inserts: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)


def make_states(schema: Schema, version: int) -> list[State]:
    """Return the states in which every statement of *schema* runs."""
    draw = Draw(random.Random(f"data {schema.seed}"), schema, version)
    states = [State("empty")]
    for name, least, most, nulls in (("sparse", 0, 2, 65), ("full", 4, 7, 30)):
        state = State(name)
        state.before = [*schema.before_data, *(loose for loose, _ in _loose(schema))]
        for table, column in _stale(schema):
            state.before.append(f"ALTER TABLE {table.name} ALTER {column.name} DROP NOT NULL")
        for table in schema.tables:
            if table.kind == "table" and table.name.startswith("part_"):
                continue  # its rows come by way of the partitioned table
            for number in range(1, draw.random.randint(least, most) + 1):
                state.inserts.append(_row(draw, table, number, nulls))
        state.after = [f"REFRESH MATERIALIZED VIEW {view.name}" for view in schema.relations if view.kind == "matview"]
        for table, column in _stale(schema):
            value = f"{quote(draw.value(column.type))}::{column.type}"
            state.after.append(f"UPDATE {table.name} SET {column.name} = {value} WHERE {column.name} IS NULL")
            state.after.append(f"DELETE FROM {table.name} WHERE {column.name} IS NULL")
            state.after.append(f"ALTER TABLE {table.name} ALTER {column.name} SET NOT NULL")
        state.after += [*(tight for _, tight in _loose(schema)), *schema.after_data]
        states.append(state)
    return states


def _loose(schema: Schema) -> list[tuple[str, str]]:
    return [column.loose for table in schema.tables for column in table.columns if column.loose is not None]


def _stale(schema: Schema) -> list[tuple[Relation, Column]]:
    return [(table, column) for table in schema.tables for column in table.columns if column.stale]


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
