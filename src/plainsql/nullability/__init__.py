"""Proofs that a column can't be NULL, from the query tree that PostgreSQL itself analysed."""

from plainsql.nullability.analysis import Analysis, AnalysisError, analyse
from plainsql.nullability.facts import Facts, Function, Relation, TableColumn
from plainsql.nullability.narrowing import value_is_not_null
from plainsql.nullability.node import Node
from plainsql.nullability.reader import ReaderError, read_query, read_tree
from plainsql.nullability.records import RecordColumns, RecordVerdict

__all__ = [
    "Analysis",
    "AnalysisError",
    "Facts",
    "Function",
    "Node",
    "ReaderError",
    "RecordColumns",
    "RecordVerdict",
    "Relation",
    "TableColumn",
    "analyse",
    "read_query",
    "read_tree",
    "value_is_not_null",
]
