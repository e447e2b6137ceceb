"""Which Python type stands for which PostgreSQL type, and what it travels as."""

from plainsql.typemap.model import CompositeClass, PgType, PyType, TypeKind, prefer_binary
from plainsql.typemap.python import python_type
from plainsql.typemap.wire import Made, Name, Wire, names_in, spelled

__all__ = [
    "CompositeClass",
    "Made",
    "Name",
    "PgType",
    "PyType",
    "TypeKind",
    "Wire",
    "names_in",
    "prefer_binary",
    "python_type",
    "spelled",
]
