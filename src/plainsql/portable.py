"""Which queries stock aiosql would refuse or change: its own loader reads each, and we compare."""

from __future__ import annotations

from collections.abc import Iterator

from aiosql.query_loader import QueryLoader
from aiosql.types import QueryDatum

from plainsql.adapter import PlainSQLAdapter
from plainsql.catalog import Catalog
from plainsql.query.headers import split_blocks
from plainsql.query.lexer import LexicalError, scan
from plainsql.query.model import Query, QueryFile
from plainsql.query.problem import Problem
from plainsql.query.source import position_in, problem_at


def portable_problems(catalog: Catalog) -> tuple[Problem, ...]:
    """Return a warning for each query that stock aiosql with its psycopg adapter would refuse or change."""
    return tuple(problem for file in catalog.files for problem in _of_file(file))


def _of_file(file: QueryFile) -> Iterator[Problem]:
    blocks = {position_in(file.text, block.start).line: block for block in split_blocks(file.text)[1:]}
    for query in file.queries:
        block = blocks[query.line]
        try:
            found = QueryLoader(PlainSQLAdapter(), None).load_query_data_from_sql(
                file.text[block.start : block.end], []
            )
        except Exception as error:  # it raises what it meets: SQLParseException, ValueError
            yield problem_at(query, None, f"stock aiosql refuses this query: {error}", level="warning")
            continue
        reason = _difference(query, found)
        if reason:
            yield problem_at(query, None, f"stock aiosql {reason}", level="warning")
        percent = query.sql.find("%")
        if percent >= 0:
            message = "stock aiosql takes '%' for a placeholder, it wants '%%'"
            yield problem_at(query, percent, message, level="warning")


def _difference(query: Query, found: list[QueryDatum]) -> str | None:
    if [datum.query_name for datum in found] != [query.name]:
        return f"finds other queries here: {', '.join(datum.query_name for datum in found)}"
    datum = found[0]
    signature = datum.signature.parameters if datum.signature else {}
    if set(signature) - {"self"} != set(query.parameters):
        return f"finds other parameters: {', '.join(name for name in signature if name != 'self')}"
    places = query.source_map
    if _words(datum.sql) != _words(places.text[places.origins[0] : places.origins[-1]]):
        return "changes the text of this query"
    return None


def _words(text: str) -> list[str] | None:
    """Return the tokens of *text* without comments and closing semicolons, None if there are none."""
    try:
        words = [text[token.start : token.end] for token in scan(text) if not token.is_comment]
    except LexicalError:
        return None
    while words and words[-1] == ";":
        words.pop()
    return words
