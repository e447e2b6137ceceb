"""Which Python type stands for which PostgreSQL type, and with which OIDs it travels."""

from plainsql.typemap.model import PgType, PyType, TypeKind
from plainsql.typemap.python import python_type

__all__ = ["PgType", "PyType", "TypeKind", "python_type"]
