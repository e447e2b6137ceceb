"""What ``plainsql describe --json`` says of the elements and members of a value."""

from __future__ import annotations

from typing import Any

from plainsql.describe.model import Column, Parameter
from plainsql.typemap import PgType, Structure, json_annotation, structured_type
from plainsql.typemap.json_types import JSON
from plainsql.typemap.structure import DictOf, ListOf, Record, TupleOf


def made_of(value: Parameter | Column) -> dict[str, Any]:
    """Return the keys that tell it: ``elements``, ``items``, ``values`` or ``members``; none where nothing is known."""
    type = value.type
    if value.annotation is not None or type.custom is not None:
        return {}
    if value.structure is not None:
        return _inside(value.structure, in_json=type.oid in JSON)
    if type.element is None:
        return {}
    return {"elements": _of(Structure(type.element, not value.has_full_elements), in_json=False)}


def _inside(structure: Structure, *, in_json: bool) -> dict[str, Any]:
    match structure.inside:
        case ListOf(element):
            return {"elements": _of(element or Structure(None, nullable=False), in_json=in_json)}
        case TupleOf(items):
            return {"items": [_of(item, in_json=in_json) for item in items]}
        case DictOf(found):
            return {"values": _of(found or Structure(None, nullable=False), in_json=in_json)}
        case Record(name, _, fields):
            members = [
                {"name": field.name, **_of(field.value, in_json=in_json, type=field.type), "optional": field.may_lack}
                for field in fields
            ]
            return {"class": name, "members": members}
    return {}


def _of(structure: Structure, *, in_json: bool, type: PgType | None = None) -> dict[str, Any]:
    type = type or structure.type
    in_json = in_json or (type is not None and type.oid in JSON)
    found: dict[str, Any] = {"pg_type": type.name if type is not None else None}
    found["py_type"] = (
        json_annotation(structure) if in_json or type is None else structured_type(type, structure).result
    )
    inside = _inside(structure, in_json=in_json)
    if not inside and not in_json and type is not None and type.element is not None and type.custom is None:
        inside = {"elements": _of(Structure(type.element, nullable=True), in_json=False)}
    return {**found, "nullable": structure.nullable, **inside}
