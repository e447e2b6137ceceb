"""Keys of a JSON document that its class has no field for."""

from __future__ import annotations

from typing import Any, Final

from msgspec.inspect import (
    AnyType,
    DataclassType,
    DictType,
    ListType,
    SetType,
    StructType,
    TupleType,
    TypedDictType,
    UnionType,
    VarTupleType,
    type_info,
)

__all__ = ["extra_key", "type_info"]

_WITH_FIELDS: Final = (StructType, DataclassType, TypedDictType)
_LISTS: Final = (ListType, VarTupleType, SetType)


def extra_key(value: Any, info: Any) -> str | None:
    """Return where in *value*, as JSON is read, the first key is that a class of *info* has no field for."""
    if isinstance(info, UnionType):
        found = [extra_key(value, choice) for choice in info.types if _may_be(value, choice)]
        return None if not found or None in found else found[0]
    if isinstance(value, dict) and isinstance(info, _WITH_FIELDS):
        fields = {field.encode_name: field.type for field in info.fields}
        tag = getattr(info, "tag_field", None)
        for key, inner in value.items():
            if key not in fields:
                if key == tag:
                    continue
                return f".{key}"
            if (path := extra_key(inner, fields[key])) is not None:
                return f".{key}{path}"
    elif isinstance(value, dict) and isinstance(info, DictType):
        for inner in value.values():
            if (path := extra_key(inner, info.value_type)) is not None:
                return f"[...]{path}"
    elif isinstance(value, list):
        kinds = info.item_types if isinstance(info, TupleType) else None
        for number, inner in enumerate(value):
            kind = kinds[number] if kinds is not None else getattr(info, "item_type", None)
            if kind is not None and (path := extra_key(inner, kind)) is not None:
                return f"[{number}]{path}"
    return None


def _may_be(value: Any, info: Any) -> bool:
    if isinstance(info, StructType) and info.tag_field is not None and isinstance(value, dict):
        return bool(value.get(info.tag_field) == info.tag)
    if isinstance(value, dict):
        return isinstance(info, (*_WITH_FIELDS, DictType, AnyType))
    if isinstance(value, list):
        return isinstance(info, (*_LISTS, TupleType, AnyType))
    return False
