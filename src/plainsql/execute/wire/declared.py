"""JSON columns that have a class by the project's settings: a key too many is refused, since a write would lose it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec
from psycopg.abc import Transformer
from psycopg.pq import Format

from plainsql.execute.wire.codec import Kind, Load, MismatchError
from plainsql.execute.wire.typed import Typed

_JSON_ARRAYS: Final = (199, 3807)


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
        from plainsql.execute.wire.extra import extra_key, type_info  # msgspec.inspect takes milliseconds to load

        info = type_info(self._python())

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
