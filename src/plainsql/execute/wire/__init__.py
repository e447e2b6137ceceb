"""
Codecs: what generated statements name for the types that psycopg has no adapter for, or none without asking the server.

A built-in type stands for itself by its OID; a class with ``__wire__`` stands for its composite type.
"""

from plainsql.execute.wire.arrays import Array
from plainsql.execute.wire.codec import BINARY, TEXT, Codec, Kind
from plainsql.execute.wire.composites import Members
from plainsql.execute.wire.custom import Custom
from plainsql.execute.wire.declared import Declared
from plainsql.execute.wire.domains import Domain
from plainsql.execute.wire.extensions import HSTORE, VECTOR
from plainsql.execute.wire.ranges import Multirange, Range
from plainsql.execute.wire.secrets import BLIND, SEALED, Secret
from plainsql.execute.wire.texts import VERSIONED, AsText
from plainsql.execute.wire.typed import Nested, Typed

__all__ = [
    "BINARY",
    "BLIND",
    "HSTORE",
    "SEALED",
    "TEXT",
    "VECTOR",
    "VERSIONED",
    "Array",
    "AsText",
    "Codec",
    "Custom",
    "Declared",
    "Domain",
    "Kind",
    "Members",
    "Multirange",
    "Nested",
    "Range",
    "Secret",
    "Typed",
]
