"""Types that queries name by ``@type``, as one generated module writes and imports them."""

from __future__ import annotations

import builtins
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Final

from plainsql.codegen.imports import Imports
from plainsql.describe.model import Description
from plainsql.query import module_names as names
from plainsql.query.annotations import Annotation, Dotted
from plainsql.query.names import RUNTIME_NAMES

_FROM: Final = {
    "collections.abc": {"Mapping", "Sequence"},
    "decimal": {"Decimal"},
    "ipaddress": {f"IPv{version}{kind}" for version in (4, 6) for kind in ("Address", "Interface", "Network")},
    "typing": {"Any", "Literal"},
    "uuid": {"UUID"},
}
"""What generated modules import by its own name."""

_OTHERS: Final = RUNTIME_NAMES | {"annotations", "dataclass", "dt", "wire"}
"""Names under which generated modules import other things than the module of that name."""

_WORD: Final = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?<![\w.])[A-Za-z_]\w*""")


class NamedTypes:
    """
    The types of one module.

    Args:
        imports: Takes imports of the standard library.
        descriptions: Of the module's queries, whose names no import may hide.
    """

    def __init__(self, imports: Imports, descriptions: Iterable[Description]) -> None:
        self._imports = imports
        self._late: set[str] = set()
        self._typing: set[str] = set()
        self._taken: set[str] = set()
        for description in descriptions:
            query = description.query.name
            self._taken |= {value.name for value in description.values}
            self._taken |= {query, names.constant(query), names.row_class(query), names.params_class(query)}

    def spelled(self, annotation: Annotation, *, fields: Sequence[str] = (), typing_only: bool = False) -> str:
        """
        Return *annotation* as the module writes it.

        Args:
            annotation: The type.
            fields: Of the class that it stands in: a field ``int`` hides Python's own.
            typing_only: Only type checkers need it.
        """

        def spell(match: re.Match[str]) -> str:
            word = match[0]
            if word not in fields or not hasattr(builtins, word) or word == "None":
                return word
            self._imports.add("import builtins")
            return f"builtins.{word}"

        return "".join(
            _WORD.sub(spell, part) if isinstance(part, str) else self._named(part, typing_only)
            for part in annotation.parts
        )

    def late_imports(self) -> list[str]:
        """
        Return the imports of the project's own modules and of other packages, for the end of the module.

        Everything is defined there, so one of them may import this module in its turn.
        """
        return [f"{line}  # noqa: E402" for line in sorted(self._late)]

    def typing_imports(self) -> list[str]:
        """Return the imports of what only type checkers need."""
        return sorted(self._typing - self._late)

    def _named(self, name: Dotted, typing_only: bool) -> str:
        rest = name.text[len(name.module) + 1 :]
        if name.module == "datetime" and "dt" not in self._taken:
            self._imports.add("import datetime as dt")
            return f"dt.{rest}"
        if rest in _FROM.get(name.module, ()) and rest not in self._taken:
            self._imports.add(f"from {name.module} import {rest}")
            return rest
        root = name.module.split(".")[0]
        alias = f"{name.module.replace('.', '_')}_" if root in self._taken | _OTHERS else ""
        line = f"import {name.module} as {alias}" if alias else f"import {name.module}"
        if root in sys.stdlib_module_names:
            self._imports.add(line)
        else:
            (self._typing if typing_only else self._late).add(line)
        return f"{alias or name.module}.{rest}"
