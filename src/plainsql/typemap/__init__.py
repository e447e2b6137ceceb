"""Which Python type stands for which PostgreSQL type, and what it travels as."""

from plainsql.typemap.model import (
    CompositeClass,
    NestedClass,
    NestedField,
    PgType,
    PyType,
    TypeKind,
    prefer_binary,
)
from plainsql.typemap.python import python_type
from plainsql.typemap.structure import Structure
from plainsql.typemap.structured import json_annotation, structured_type
from plainsql.typemap.wire import Lazy, Made, Name, Wire, names_in, spelled

__all__ = [
    "CompositeClass",
    "Lazy",
    "Made",
    "Name",
    "NestedClass",
    "NestedField",
    "PgType",
    "PyType",
    "Structure",
    "TypeKind",
    "Wire",
    "json_annotation",
    "names_in",
    "prefer_binary",
    "python_type",
    "spelled",
    "structured_type",
]
