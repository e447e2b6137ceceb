"""
``@optimistic version``: a write that somebody else was faster with is told from a row that is gone, in one statement.

A WITH entry locks the row and reads it, another writes it if it still has the version, and the statement returns both:
the row as it stood under ``current.…``, the row as written beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from plainsql.describe.model import Column
from plainsql.describe.records import Members, RowRecord
from plainsql.nullability import Node, RecordVerdict
from plainsql.query.model import Query
from plainsql.query.problem import Problem
from plainsql.query.source import problem_at

CURRENT: Final = "current"
_UPDATE = 2  # nodes/nodes.h, CmdType
_FORM: Final = (
    "WITH current AS (SELECT … FOR UPDATE), written AS (UPDATE … SET …, {0} = {0} + 1 FROM current "
    'WHERE … AND current.{0} = :{0} RETURNING …) SELECT written.…, current.{0} AS "current.{0}" '
    "FROM current LEFT JOIN written ON …"
)


@dataclass(frozen=True, slots=True)
class Locking:
    """
    What the rows of ``@optimistic`` are made of.

    Attributes:
        version: The column that counts writes.
        columns: Of the written row, NULL where it may be when it is there.
        written: Their indexes.
        key: The one of them that tells whether the row was written.
        current: The row as it stood.
    """

    version: str
    columns: tuple[Column, ...]
    written: tuple[int, ...]
    key: int
    current: RowRecord


def locking_of(
    query: Query,
    version: str,
    columns: tuple[Column, ...],
    fields: Members,
    verdict: RecordVerdict | None,
    tree: Node | None,
) -> Locking | Problem:
    """
    Return how a query with ``@optimistic`` tells a stale row, or why it can't.

    Args:
        query: As loaded.
        version: The column that it names.
        columns: As described.
        fields: Its records.
        verdict: On the columns of the written row; None: nothing is proved.
        tree: The analysed statement.
    """
    form = _FORM.format(version)
    current = next((member for name, member in fields if name == CURRENT and isinstance(member, RowRecord)), None)
    if current is None or version not in dict(current.members):
        return _fault(query, f"'@optimistic {version}' needs the row as it stood: \"{CURRENT}.{version}\"", form)
    if others := [name for name, member in fields if isinstance(member, RowRecord) and name != CURRENT]:
        return _fault(query, f"'@optimistic' takes no record {others[0]} beside {CURRENT}", "return plain columns")
    if any(isinstance(member, RowRecord) for _, member in current.members):
        return _fault(query, f"'@optimistic' takes no record in {CURRENT}", "name its columns without a second dot")
    if current.nullable:
        return _fault(query, f"the row under {CURRENT} may be missing where the written one is there", form)
    written = tuple(member for _, member in fields if isinstance(member, int))
    key = next((index for index, tells in zip(written, verdict.tells, strict=True) if tells), None) if verdict else None
    if key is None or verdict is None:
        message = "'@optimistic' can't tell a row that wasn't written from one whose columns are NULL"
        return _fault(query, message, "return the key of the written row, by LEFT JOIN from the one that was locked")
    if tree is not None and (missing := _missing(query, version, tree)):
        return _fault(query, missing, form)
    found = tuple(
        replace(columns[index], nullable=columns[index].override == "null" or not is_sure)
        for index, is_sure in zip(written, verdict.not_null, strict=True)
    )
    return Locking(version, found, written, key, current)


def bulk_fault(query: Query, version: str, columns: tuple[Column, ...]) -> Problem | None:
    """Return why a query of many rows can't report what became of each."""
    if not any(column.name == "outcome" for column in columns):
        message = f"'@optimistic {version}' of many rows needs a column outcome: 'updated', 'stale' or 'missing'"
        return _fault(query, message, "return one row for each id of the arguments, with what became of it")
    return None


def _missing(query: Query, version: str, tree: Node) -> str | None:
    """Return what the statement doesn't do that would make its version one."""
    if version not in query.parameters:
        return f"'@optimistic {version}' needs the parameter :{version}, the version that the caller has read"
    updates = [node for node in tree.walk() if node.tag == "QUERY" and node.number("commandType") == _UPDATE]
    if not any(_counts(update, version) for update in updates):
        return f"'@optimistic {version}': no UPDATE sets {version} = {version} + 1"
    number = query.parameters.index(version) + 1
    if not any(_compares(update, version, number) for update in updates):
        return f"'@optimistic {version}': no UPDATE asks for {version} = :{version}"
    return None


def _counts(update: Node, version: str) -> bool:
    entry = next((entry for entry in update.nodes("targetList") if entry.text("resname") == version), None)
    expr = entry.node("expr") if entry is not None else None
    if expr is None or expr.tag not in ("OPEXPR", "FUNCEXPR"):
        return False
    args = [_bare(arg) for arg in expr.nodes("args")]
    return any(_is_named(arg, version, update) for arg in args) and any(arg.tag == "CONST" for arg in args)


def _compares(update: Node, version: str, number: int) -> bool:
    for node in update.walk():
        if node.tag == "OPEXPR" and len(args := [_bare(arg) for arg in node.nodes("args")]) == 2:
            is_given = any(arg.tag == "PARAM" and arg.number("paramid") == number for arg in args)
            if is_given and any(_is_named(arg, version, update) for arg in args):
                return True
    return False


def _is_named(expr: Node, name: str, query: Node) -> bool:
    """Return whether *expr* is a column of that name of an item of *query*."""
    relations, number = query.nodes("rtable"), expr.number("varno")
    if expr.tag != "VAR" or not 0 < number <= len(relations) or expr.number("varlevelsup"):
        return False
    listed = relations[number - 1].node("eref")
    names = listed.items("colnames") if listed is not None else []
    column = expr.number("varattno")
    return 0 < column <= len(names) and names[column - 1] == name


def _bare(expr: Node) -> Node:
    while expr.tag in ("RELABELTYPE", "FUNCEXPR") and (below := _operand(expr)) is not None:
        expr = below
    return expr


def _operand(expr: Node) -> Node | None:
    """Return what a cast casts."""
    if expr.tag == "RELABELTYPE":
        return expr.node("arg")
    args = expr.nodes("args")
    return args[0] if len(args) == 1 else None


def _fault(query: Query, message: str, hint: str) -> Problem:
    return problem_at(query, None, message, hint=hint)
