"""A query as the server sees it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plainsql.effects import Effects
from plainsql.query.annotations import Annotation
from plainsql.query.model import Query
from plainsql.query.overrides import Verdict
from plainsql.query.problem import Problem
from plainsql.typemap import Made, PgType, PyType, Structure, python_type, structured_type


@dataclass(frozen=True, slots=True)
class Meaning:
    """
    What an encrypted column makes of a parameter or column.

    Attributes:
        column: What its values are bound to: ``users.ssn``.
        aad: Indexes of the parameters, or columns, that a value is bound to.
        is_array: The elements are encrypted.
        is_index: It is the blind index.
    """

    column: str
    aad: tuple[int, ...] = ()
    is_array: bool = False
    is_index: bool = False

    def python(self, found: PyType) -> PyType:
        """Return how it looks in generated code; *found* is how bytea looks."""
        name = "BlindIndex" if self.is_index else "EncryptedStr"
        codec = Made("BLIND" if self.is_index else "SEALED")
        imports: tuple[str, ...] = (f"from plainsql.crypto import {name}",)
        if not self.is_array:
            return replace(
                found, parameter=name, result=name, imports=imports, dump_oid=codec, load_oid=codec, codec=codec
            )
        imports = ("from collections.abc import Sequence", *imports)
        annotation = found.parameter.replace("bytes", name)
        return replace(found, parameter=annotation, imports=imports, dump_oid=Made("Array", (codec,)))


if TYPE_CHECKING:
    from plainsql.describe.forms import Form


@dataclass(frozen=True, slots=True)
class _Value:
    name: str
    type: PgType
    nullable: bool
    domain: str | None = None
    declared: PgType | None = None
    override: Verdict | None = None
    annotation: Annotation | None = None
    promises: tuple[str, ...] = ()
    structure: Structure | None = None
    is_full: bool = False
    meaning: Meaning | None = None
    json_column: str = ""

    @property
    def has_full_elements(self) -> bool:
        """Whether the elements of the array can't be NULL, by proof or by the query's word."""
        return self.is_full or any(promise.endswith("[]") for promise in self.promises)

    @property
    def python(self) -> PyType:
        """How it looks in generated code, where a domain has its own name."""
        if self.structure is not None and self.annotation is None:
            return self.base_python
        return self._overridden(python_type(self.type if self.has_full_elements else self.declared or self.type))

    @property
    def base_python(self) -> PyType:
        """How it looks with a domain as what it is made of."""
        structure = self.structure if self.annotation is None else None
        return self._overridden(structured_type(self.type, structure))

    def _overridden(self, found: PyType) -> PyType:
        if self.meaning is not None:
            found = self.meaning.python(found)
            return replace(found, parameter=_full(found.parameter)) if self.has_full_elements else found
        if self.annotation is not None:
            text = str(self.annotation)
            return replace(found, parameter=text, result=text, aliases=(), known=True)
        if self.has_full_elements:
            return replace(found, parameter=_full(found.parameter), result=_full(found.result))
        return found


def _full(annotation: str) -> str:
    return f"{annotation.removesuffix(' | None]')}]" if annotation.endswith(" | None]") else annotation


@dataclass(frozen=True, slots=True)
class Parameter(_Value):
    """
    A named parameter; *nullable* says that None makes sense. *domain* is the domain's name, *declared* the
    domain itself, *type* its base type. *override* is the directive that changed it, *annotation* the type by
    ``@type``, *promises* what must be checked: ``:status``, ``:ids[]``. *meaning* is what an encrypted column makes
    of it, *json_column* what becomes of keys too many if it is a JSON column with a class. *is_full* says that None
    is refused among the elements of the array.
    """


@dataclass(frozen=True, slots=True)
class Column(_Value):
    """
    A result column; *nullable* unless proved otherwise. *domain* is the domain's name, *declared* the
    domain itself, *type* its base type. *override* is the directive that changed it, *annotation* the type by
    ``@type``, *promises* what must be checked: ``total``, ``tags[]``. *structure* is what it is known to be made of;
    *is_full* says that the elements of the array are never NULL.
    """


@dataclass(frozen=True, slots=True)
class Description:
    """
    Everything known of one query.

    Attributes:
        query: As in its file.
        parameters: In the order of ``query.parameters``.
        columns: In result order; empty when the statement returns no rows.
        reads: Tables read, ``schema.table`` unless the schema is public, sorted.
        writes: Tables written, the same way.
        problem: Why the server refused it; the other fields are then empty.
        warnings: What could not be found out, and what disagrees with the suffix.
        effects: What it does; None when the server refused it.
        form: What its rows are; empty for plain ones.
    """

    query: Query
    parameters: tuple[Parameter, ...] = ()
    columns: tuple[Column, ...] = ()
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    problem: Problem | None = None
    warnings: tuple[Problem, ...] = ()
    effects: Effects | None = None
    form: Form = ()

    @property
    def values(self) -> tuple[Parameter | Column, ...]:
        """Everything that has a type."""
        return (*self.parameters, *self.columns)
