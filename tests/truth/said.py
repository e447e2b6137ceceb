"""What plainsql says of columns and parameters, in the marks of the truth set."""

from __future__ import annotations

from plainsql.describe.model import Column, Description, Parameter
from plainsql.typemap import Structure
from plainsql.typemap.json_types import JSON
from plainsql.typemap.structure import DictOf, ListOf, Record, TupleOf
from tests.truth.made import Each, Fixed, Inside, Keys, Row, Value
from tests.truth.statements import Mark


def column_mark(column: Column) -> Mark:
    """Return what is said of a column and of everything inside of it."""
    structure = column.structure
    in_json = structure is not None and column.type.oid in JSON
    inside = _inside(structure, in_json) if structure is not None else None
    return Mark(column.name, Value("?" if column.nullable else "!", inside))


def parameter_mark(parameter: Parameter) -> Mark:
    """Return what is said of a parameter, and of the elements if it is an array."""
    inside = Each(Value("!" if parameter.has_full_elements else "?")) if parameter.type.element is not None else None
    return Mark(parameter.name, Value("?" if parameter.nullable else "!", inside))


def verdict(said: Description) -> str:
    """Return all that is said of a statement in one line: its columns, then its parameters."""
    if said.problem is not None:
        return f"refused: {said.problem.message}"
    columns = ", ".join(f"{mark.name}{mark.value}" for mark in map(column_mark, said.columns))
    parameters = ", ".join(f":{mark.name}{mark.value}" for mark in map(parameter_mark, said.parameters))
    return "; ".join(filter(None, (columns, parameters)))


def _value(structure: Structure, in_json: bool, may_lack: bool = False, type_is_json: bool = False) -> Value:
    """JSON of which nothing is known, or made by a cast of a user's own, may be its null, whatever is said of NULL."""
    anything = in_json and structure.inside is None and (structure.type is None or structure.type.casts_to_json)
    in_json = in_json or type_is_json or (structure.type is not None and structure.type.oid in JSON)
    mark = "~" if may_lack else "?" if structure.nullable or anything else "!"
    return Value(mark, _inside(structure, in_json))  # type: ignore[arg-type]  # one of three


def _inside(structure: Structure, in_json: bool) -> Inside | None:
    match structure.inside:
        case ListOf(element):
            return Each(None if element is None else _value(element, in_json))
        case TupleOf(items):
            return Fixed(tuple(_value(item, in_json) for item in items))
        case DictOf(element):
            return Keys(None if element is None else _value(element, in_json))
        case Record(_, _, fields):
            return Row(
                tuple(
                    (
                        field.name,
                        _value(field.value, in_json, field.may_lack, field.type is not None and field.type.oid in JSON),
                    )
                    for field in fields
                )
            )
    return None
