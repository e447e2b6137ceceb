"""Which Python type stands for which PostgreSQL type, and what it travels as."""

from plainsql.typemap.model import CompositeClass, CustomType, PgType, PyType, Reference, TypeKind
from plainsql.typemap.python import python_type
from plainsql.typemap.wire import Made, Name, Wire, names_in, spelled

__all__ = [
    "CompositeClass",
    "CustomType",
    "Made",
    "Name",
    "PgType",
    "PyType",
    "Reference",
    "TypeKind",
    "Wire",
    "names_in",
    "python_type",
    "spelled",
]
