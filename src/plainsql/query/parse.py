"""A whole query file: its queries, and every fault in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from plainsql.query.comments import block_directives, directive_in, prose
from plainsql.query.directives import misplaced, read_directives
from plainsql.query.headers import Block, Grammar, Header, inner_header, lookalike, spec_fault, split_blocks
from plainsql.query.hooks import check_hooks
from plainsql.query.lexer import Token
from plainsql.query.model import Kind, Query, QueryFile
from plainsql.query.names import query_name_fault
from plainsql.query.overrides import check_overrides
from plainsql.query.parameters import check_parameters, find_parameters, rewrite
from plainsql.query.problem import Problem
from plainsql.query.source import Faults, position_in
from plainsql.query.statements import split_statements

_NO_COLUMNS: Final[dict[Kind, str]] = {"exec": "!", "many_exec": "*!", "script": "#"}
"""Suffixes of queries that return no columns."""


def parse_file(text: str, *, path: str, stem: str, grammar: Grammar) -> tuple[QueryFile, tuple[Problem, ...]]:
    r"""
    Read a query file.

    Args:
        text: The whole file, with ``\n`` at line ends.
        path: As people type it.
        stem: Prefix of the queries' keys.
        grammar: Reads the text after ``-- name:``.

    Returns:
        The file with its good queries, and the problems of the others in file order.
    """
    faults = Faults(path, text)
    first, *blocks = split_blocks(text)
    doc = _head(first, faults)
    queries: dict[str, Query] = {}
    lines: dict[str, int] = {}
    for block in blocks:
        assert block.spec is not None  # only the first block has no header
        header = grammar(block.spec)
        if header is None:
            offset, length, message, hint = spec_fault(block.spec)
            faults.add(block.spec_start + offset, message, hint=hint, length=length)
            continue
        key = f"{stem}.{header.name}" if stem else header.name
        line = position_in(text, block.start).line
        if header.name in lines:
            message = f"query '{header.name}' is already defined at line {lines[header.name]}"
            faults.add(block.spec_start, message, hint="rename one of the two", length=len(header.name), query=key)
            continue
        lines[header.name] = line
        query = _query(block, header, key, line, faults)
        if query is not None:
            queries[header.name] = query
    faults.found.sort(key=lambda problem: (problem.line, problem.column))
    return QueryFile(path, stem, doc, tuple(queries.values()), text), tuple(faults.found)


def _head(block: Block, faults: Faults) -> str:
    """Check what stands before the first header and return the comment of the file."""
    text = faults.text
    if block.error:
        faults.add(block.error.offset, block.error.message)
        return ""
    leading = _leading(text, block.tokens)
    has_sql = len(leading) < len(block.tokens)
    tokens = _before_lookalike(block.tokens, 0 if has_sql else len(leading), faults)
    comments = leading[: len(tokens)]
    if has_sql and len(tokens) > len(leading):
        sql = tokens[len(leading)]
        message, hint = "SQL before the first header", "write -- name: get_user(id)^ above it"
        faults.add(sql.start, message, hint=hint, length=sql.end - sql.start)
    _check_misplaced(text, comments, faults, None)
    return prose(text, comments)


def _query(block: Block, header: Header, key: str, number: int, faults: Faults) -> Query | None:
    """Return the query of a block, or None if it has faults."""
    text, known = faults.text, len(faults.found)
    wrong = query_name_fault(header.name)
    if wrong:
        hint = f"rename it, for example to '{wrong[1]}'"
        faults.add(block.spec_start, wrong[0], hint=hint, length=len(header.name), query=key)
    if block.error:
        faults.add(block.error.offset, block.error.message, query=key)
        return None
    comments = _leading(text, block.tokens)
    tokens = _before_lookalike(block.tokens, len(comments), faults)
    comments = comments[: len(tokens)]
    body = tokens[len(comments) :]
    for token in comments:
        for inner in block_directives(text, token) if token.kind == "block_comment" else ():
            if misplaced(inner):
                message, hint = f"directive '@{inner.name}' in a /* */ comment", f"write -- @{inner.name}"
                faults.add(inner.start, message, hint=hint, length=inner.end - inner.start, query=key)
    directives = [line for token in comments if (line := directive_in(text, token))]
    suffix = "" if header.kind == "many" else "^" if header.kind == "optional" else "other"
    meaning = read_directives(directives, header.kind, suffix, faults, key)
    _check_misplaced(text, body, faults, key)
    statements = split_statements(text, body)
    if not statements:
        if len(tokens) == len(block.tokens):
            faults.add(block.spec_start, f"query '{header.name}' has no SQL", length=len(block.spec or " "), query=key)
        return None
    if header.kind == "script":
        _check_script(text, statements, faults, key)
        names: tuple[str, ...] = ()
        found = find_parameters(text, [], ())
    else:
        if len(statements) > 1:
            _second_statement(header.name, statements, body, faults, key)
            statements = statements[:1]
        found = find_parameters(text, statements[0], header.parameters)
        names = check_parameters(found, header, block.spec_start, faults, key)
    check_overrides(meaning.overrides, _NO_COLUMNS.get(header.kind, ""), names, faults, key)
    check_hooks(meaning.before, meaning.after, header.kind, names, faults, key)
    if any(problem.query == key and problem.level == "error" for problem in faults.found[known:]):
        return None
    start, end = statements[0][0].start, statements[-1][-1].end
    if body[0].is_comment and header.kind != "script":  # a planner hint
        start = body[0].start
    sql, source_map = rewrite(text, start, end, found.occurrences, names)
    starts: tuple[int, ...] = (0,)
    parts: tuple[str, ...] = (sql,)
    if header.kind == "script":
        starts = tuple(tokens[0].start - start for tokens in statements)
        parts = tuple(text[tokens[0].start : tokens[-1].end] for tokens in statements)
    return Query(
        name=header.name,
        key=key,
        file=faults.path,
        line=number,
        kind=meaning.kind,
        doc=prose(text, comments),
        directives=meaning.directives,
        parameters=names,
        sql=sql,
        statements=parts,
        source_map=source_map,
        timeout=meaning.timeout,
        statement_starts=starts,
        overrides=meaning.overrides,
        before=meaning.before,
        after=meaning.after,
    )


def _leading(text: str, tokens: Sequence[Token]) -> Sequence[Token]:
    """Return the comments before the first SQL; a planner hint ``/*+ */`` belongs to the SQL."""
    for index, token in enumerate(tokens):
        if not token.is_comment or text.startswith("/*+", token.start):
            return tokens[:index]
    return tokens


def _lookalikes(text: str, comments: Iterable[Token], *, sure: bool) -> Iterable[tuple[Token, str]]:
    """Yield the comments that were meant to be headers."""
    for token in comments:
        comment = text[token.start : token.end]
        if not token.is_comment or "\n" in comment:
            continue
        line = text[text.rfind("\n", 0, token.start) + 1 : token.start]
        if not line.strip():
            found = lookalike(comment, sure=sure)
        else:
            found = inner_header(comment)
            if found and not line.rstrip().endswith(";") and found[-1] not in ")^$!#":
                found = None
        if found:
            yield token, found


def _before_lookalike(tokens: Sequence[Token], leading: int, faults: Faults) -> Sequence[Token]:
    """Report misspelt headers and return the tokens before the first; *leading* tokens are a header's comment."""
    text = faults.text
    found = [*_lookalikes(text, tokens[:leading], sure=False), *_lookalikes(text, tokens[leading:], sure=True)]
    for token, meant in found:
        _misspelt(token, meant, faults)
    return tokens[: tokens.index(found[0][0])] if found else tokens


def _misspelt(token: Token, meant: str, faults: Faults) -> None:
    comment = faults.text[token.start : token.end].rstrip()
    where = faults.text[faults.text.rfind("\n", 0, token.start) + 1 : token.start]
    message = "a header must begin its line" if where.strip() else f"'{comment}' is not a header"
    faults.add(token.start, message, hint=f"did you mean '{meant}'?", length=len(comment))


def _check_misplaced(text: str, tokens: Iterable[Token], faults: Faults, query: str | None) -> None:
    """Report directives that stand elsewhere than under a header, where nobody reads them."""
    for token in tokens:
        line = directive_in(text, token)
        if line and misplaced(line):
            message = f"'@{line.name}' must stand under a header, before the SQL"
            faults.add(line.start, message, length=line.end - line.start, query=query)


def _second_statement(
    name: str, statements: Sequence[Sequence[Token]], body: Sequence[Token], faults: Faults, query: str
) -> None:
    """Report what stands after the first statement: a misspelt header, or one statement too many."""
    text, second = faults.text, statements[1][0]
    between = [token for token in body if statements[0][-1].end <= token.start < second.start]
    meant = next(iter(_lookalikes(text, between, sure=True)), None)
    if meant:
        _misspelt(*meant, faults)
    else:
        hint = "give it its own -- name: line, or make the query a script: suffix #"
        length = second.end - second.start
        faults.add(second.start, f"query '{name}' has a second statement", hint=hint, length=length, query=query)


def _check_script(text: str, statements: Sequence[Sequence[Token]], faults: Faults, query: str) -> None:
    """A script has no parameters; ``$1`` may stand in a routine's body."""
    for tokens in statements:
        found = find_parameters(text, tokens, ())
        for use in found.occurrences:
            message = f"a script takes no parameters, ':{use.name}' is one"
            faults.add(use.start, message, length=use.end - use.start, query=query)
        defines = text[tokens[0].start : tokens[0].end].lower() in ("create", "prepare")
        for start, length, message, hint in found.faults:
            if not (defines and text[start] == "$"):
                faults.add(start, message, hint=hint, length=length, query=query)
