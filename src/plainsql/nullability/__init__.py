"""Proofs that a column can't be NULL, from the query tree that PostgreSQL itself analysed."""

from plainsql.nullability.analysis import Analysis, AnalysisError, analyse
from plainsql.nullability.facts import Facts, NotNull, Relation
from plainsql.nullability.reader import ReaderError, read_query, read_tree

__all__ = [
    "Analysis",
    "AnalysisError",
    "Facts",
    "NotNull",
    "ReaderError",
    "Relation",
    "analyse",
    "read_query",
    "read_tree",
]
