"""From the shapes that a tree proves to structures: with the types of the catalog, and names for the classes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Final

from plainsql.describe.types import TypeCatalog, base_type
from plainsql.nullability import shapes as shaped
from plainsql.nullability.shapes import OF_TYPE, Elements, Entries, Items, Members, Shape
from plainsql.query import module_names
from plainsql.query.model import Query
from plainsql.typemap import PgType
from plainsql.typemap.names import class_word
from plainsql.typemap.structure import DictOf, Field, ListOf, Record, Structure, TupleOf

_DEEPEST: Final = 8
"""Rows in rows in rows: nobody reads further down than that, and names would be as long."""

_UNREADABLE: Final = re.compile(r'["\\\x00-\x1f]')
"""Keys in which msgspec takes no field: what has one is a dict."""


def structures(
    query: Query,
    columns: Sequence[tuple[str, PgType]],
    shapes: Sequence[Shape],
    types: TypeCatalog,
    taken: Iterable[str],
) -> tuple[Structure | None, ...]:
    """
    Return what is known of each column beyond its type, None where that is nothing.

    Args:
        query: Whose name the classes begin with.
        columns: Names and types, domains left out.
        shapes: Of each column.
        types: Of the database.
        taken: Names that no class may have.
    """
    if query.kind in ("exec", "many_exec") or len(shapes) != len(columns):
        return (None,) * len(columns)
    types.read(oid for shape in shapes for oid in _types_of(shape))
    own = {module_names.row_class(query.name), module_names.params_class(query.name)}
    maker = _Maker(types, own.union(taken))
    found: list[Structure | None] = []
    for (name, type), shape in zip(columns, shapes, strict=True):
        word = "value" if query.kind == "value" else name
        structure = maker.of_value(shape, type, _Place(module_names.camel_case(query.name), word, word))
        found.append(structure if _says_more(structure, type) else None)
    return tuple(found)


def singular(word: str) -> str:
    """Return a word for one of them: ``items`` -> ``item``, ``categories`` -> ``category``; others stay."""
    if re.search(r"(ss|us|is)$", word) or len(word) < 4:
        return word
    for ending, one in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh"), ("s", "")):
        if word.endswith(ending):
            return word.removesuffix(ending) + one
    return word


@dataclass(frozen=True, slots=True)
class _Place:
    """
    Where a value is: *prefix* and *word* make the name of its class, *path* is for people.
    """

    prefix: str
    word: str
    path: str
    depth: int = 0
    lacks: bool = False

    def member(self, key: str) -> _Place:
        step = f".{key}" if key.isidentifier() else f"[{json.dumps(key, ensure_ascii=False)}]"
        return replace(self, prefix=self.name, word=key, path=f"{self.path}{step}", depth=self.depth + 1)

    def element(self, mark: str = "[]") -> _Place:
        return replace(self, word=singular(self.word), path=f"{self.path}{mark}", depth=self.depth + 1)

    @property
    def name(self) -> str:
        return f"{self.prefix}{class_word(self.word) or 'Value'}"


class _Maker:
    def __init__(self, types: TypeCatalog, taken: set[str]) -> None:
        self._types = types
        self._taken = taken

    def of_json(self, shape: Shape, place: _Place, around: PgType | None = None) -> Structure:
        """Return the structure of JSON; *around* is the array type that it is an element of."""
        place = replace(place, lacks=place.lacks or shape.may_lack_nulls)
        type = self._type(shape.type, around)
        anything = Structure(None, shape.nullable)
        if place.depth > _DEEPEST or (type is not None and type.custom is not None):
            return anything
        match shape.inside:
            case Elements(element):
                return Structure(type, shape.nullable, ListOf(self._below(element, place.element(), type)))
            case Items(()):
                return Structure(type, shape.nullable, ListOf(None))
            case Items(items):
                found = [self.of_json(item, place.element(f"[{at}]")) for at, item in enumerate(items)]
                return Structure(type, shape.nullable, TupleOf(tuple(found)))
            case Entries(value):
                return Structure(type, shape.nullable, DictOf(self._below(value, place.element("{}"), None)))
            case Members() as members if (named := _named(members, type)) is not None:
                if any(_UNREADABLE.search(name) for name, _ in named):
                    return Structure(type, shape.nullable, DictOf(Structure(None, nullable=True)))
                return Structure(type, shape.nullable, self._object(named, place))
        return anything if type is None else self._by_type(type, shape.nullable, place)

    def _below(self, shape: Shape | None, place: _Place, around: PgType | None) -> Structure | None:
        return None if shape is None else self.of_json(shape, place, around)

    def of_value(self, shape: Shape, type: PgType, place: _Place) -> Structure:
        """Return the structure of a value that is no JSON."""
        base = base_type(type)
        plain = Structure(type, shape.nullable)
        if base.custom is not None or type.custom is not None or place.depth > _DEEPEST:
            return plain
        if shaped.is_json(base.oid):
            return self.of_json(shape, place)
        match shape.inside:
            case Elements(Shape() as element) if (
                base.element is not None and element.type == base.oid
            ):  # two dimensions
                return replace(plain, inside=ListOf(self.of_value(element, base, place.element())))
            case Elements(Shape() as element) if base.element is not None:
                if element.type not in (OF_TYPE, base.element.oid) and not self._became_json(element, base.element):
                    return plain
                return replace(plain, inside=ListOf(self.of_value(element, base.element, place.element())))
            case Members() as members if (named := _named(members, base)) is not None:
                types = self._member_types(members, base)
                return plain if types is None else replace(plain, inside=self._row(named, types, place))
        return plain

    def _became_json(self, element: Shape, type: PgType) -> bool:
        """Return whether an element of type JSON tells what it was; an array of JSON may be an array in another."""
        before = self._type(element.type, None)
        if before is None or not shaped.is_json(base_type(type).oid):
            return False
        inner = base_type(before).element
        return inner is None or not shaped.is_json(base_type(inner).oid)

    def _by_type(self, type: PgType, nullable: bool, place: _Place) -> Structure:
        """Return the structure in JSON of any value of a type."""
        base = base_type(type)
        if base.custom is not None or place.depth > _DEEPEST:
            return Structure(None, nullable)
        if base.element is not None:
            return Structure(type, nullable, ListOf(self._by_type(base.element, True, place.element())))
        if base.kind != "composite":
            return Structure(None if shaped.is_json(base.oid) else base, nullable)
        if any(_UNREADABLE.search(name) for name, _ in base.members):
            return Structure(type, nullable, DictOf(Structure(None, nullable=True)))
        record = self._record(place)
        fields = [
            Field(name, self._by_type(member, True, place.member(name)), place.lacks) for name, member in base.members
        ]
        return Structure(type, nullable, replace(record, fields=tuple(fields)))

    def _object(self, members: Sequence[tuple[str, Shape]], place: _Place) -> Record:
        record = self._record(place)
        fields = []
        for name, shape in members:
            value = self.of_json(shape, place.member(name))
            may_be_null = value.nullable or value == Structure(None, nullable=False)
            fields.append(Field(name, value, place.lacks and may_be_null))
        return replace(record, fields=tuple(fields))

    def _member_types(self, members: Members, row: PgType) -> list[PgType | None] | None:
        """Return the types that members have as columns, whatever they were before they became JSON."""
        if row.kind == "composite":
            return [type for _, type in row.members]
        return None if members.types is None else [self._type(oid, None) for oid in members.types]

    def _row(self, members: Sequence[tuple[str, Shape]], types: Sequence[PgType | None], place: _Place) -> Record:
        record = self._record(place)
        fields = []
        for (name, shape), type in zip(members, types, strict=True):
            value = (
                self.of_value(shape, type, place.member(name)) if type is not None else Structure(None, shape.nullable)
            )
            fields.append(Field(name, value, type=type))
        return replace(record, fields=tuple(fields))

    def _record(self, place: _Place) -> Record:
        """Return a class without fields, under a name that is free."""
        name = next(
            name for number in count(1) if (name := f"{place.name}{number if number > 1 else ''}") not in self._taken
        )
        self._taken.add(name)
        return Record(name, place.path, ())

    def _type(self, oid: int, around: PgType | None) -> PgType | None:
        if oid == OF_TYPE:
            return base_type(around).element if around is not None else None
        return self._types[oid] if oid > 0 else None


def _named(members: Members, type: PgType | None) -> list[tuple[str, Shape]] | None:
    """Return name and shape of each member; None where a type has others."""
    names = members.names
    base = base_type(type) if type is not None else None
    if base is not None and base.kind == "composite":
        own = tuple(name for name, _ in base.members)
        if len(own) != len(members.shapes) or names not in (None, own):
            return None
        names = own
    return None if names is None else list(zip(names, members.shapes, strict=True))


def _says_more(structure: Structure, type: PgType) -> bool:
    """Return whether a structure tells more than the type does."""
    if shaped.is_json(type.oid):
        return structure.type is not None or structure.inside is not None
    match structure.inside:
        case None | ListOf(None) | ListOf(Structure(nullable=True, inside=None)):
            return False
        case _:
            return True


def _types_of(shape: Shape) -> Iterator[int]:
    yield shape.type
    match shape.inside:
        case Elements(Shape() as below) | Entries(Shape() as below):
            yield from _types_of(below)
        case Items(found) | Members(shapes=found):
            if isinstance(shape.inside, Members):
                yield from shape.inside.types or ()
            for below in found:
                yield from _types_of(below)
