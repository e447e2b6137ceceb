"""JSON columns that have a class by the project's settings: a key too many is refused, since a write would lose it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec
from psycopg.abc import Transformer
from psycopg.pq import Format

from plainsql.execute.wire.codec import Kind, Load, MismatchError
from plainsql.execute.wire.typed import Typed

_WITH_FIELDS: Final = (msgspec.inspect.StructType, msgspec.inspect.DataclassType, msgspec.inspect.TypedDictType)
_JSON_ARRAYS: Final = (199, 3807)
_LISTS: Final = (msgspec.inspect.ListType, msgspec.inspect.VarTupleType, msgspec.inspect.SetType)


class Declared(Typed):
    """
    JSON of a declared column.

    Args:
        kind: json or jsonb.
        annotation: Returns the class.
        ignores: Lets keys pass that the class doesn't have.
    """

    says = "[tool.plainsql.types.columns] says"

    def __init__(self, kind: Kind, annotation: Callable[[], Any], ignores: bool = False) -> None:
        super().__init__(kind, annotation)
        self.expected = "a value of its column's class"
        self._ignores = ignores

    def loader(self, tx: Transformer, format: Format, type_oid: int = 0) -> Load:
        """Return a function that makes a value of the class, or raises MismatchError."""
        load = super().loader(tx, format, type_oid)
        if self._ignores:
            return load
        plain = self._inner.loader(tx, format, type_oid)
        info = msgspec.inspect.type_info(self._python())

        def load_all(data: Any) -> Any:
            value = load(data)
            if (path := extra_key(plain(data), info)) is not None:
                reason = f"the class has no field for the key at `${path}`"
                raise MismatchError(self.says, reason, ': add it, or let it pass with extra = "ignore"')
            return value

        return load_all

    def _lowered(self, value: Any) -> tuple[Any, ...]:
        """An array's elements are plain JSON to its dumper, which knows no classes."""
        return (msgspec.to_builtins(value),) if self._kind in _JSON_ARRAYS else super()._lowered(value)


def extra_key(value: Any, info: Any) -> str | None:
    """Return where in *value*, as JSON is read, the first key is that a class of *info* has no field for."""
    if isinstance(info, msgspec.inspect.UnionType):
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
    elif isinstance(value, dict) and isinstance(info, msgspec.inspect.DictType):
        for inner in value.values():
            if (path := extra_key(inner, info.value_type)) is not None:
                return f"[...]{path}"
    elif isinstance(value, list):
        kinds = info.item_types if isinstance(info, msgspec.inspect.TupleType) else None
        for number, inner in enumerate(value):
            kind = kinds[number] if kinds is not None else getattr(info, "item_type", None)
            if kind is not None and (path := extra_key(inner, kind)) is not None:
                return f"[{number}]{path}"
    return None


def _may_be(value: Any, info: Any) -> bool:
    if isinstance(info, msgspec.inspect.StructType) and info.tag_field is not None and isinstance(value, dict):
        return bool(value.get(info.tag_field) == info.tag)
    if isinstance(value, dict):
        return isinstance(info, (*_WITH_FIELDS, msgspec.inspect.DictType, msgspec.inspect.AnyType))
    if isinstance(value, list):
        return isinstance(info, (*_LISTS, msgspec.inspect.TupleType, msgspec.inspect.AnyType))
    return False
