"""
``@optimistic version``: a write that somebody else was faster with is told from a row that is gone, in one statement.

A WITH entry locks the row and reads it, another writes it if it still has the version, and the statement returns both:
the row as it stood under ``current.…``, the row as written beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from plainsql.describe.model import Column
from plainsql.describe.records import Members, RowRecord, never_null
from plainsql.nullability import Node, RecordVerdict
from plainsql.query.model import Query
from plainsql.query.problem import Problem
from plainsql.query.source import problem_at

CURRENT: Final = "current"
_UPDATE = 2  # nodes/nodes.h, CmdType
_FOR_SHARE = 2  # nodes/lockoptions.h, LockClauseStrength: FOR KEY SHARE, below it, lets others write
_PLUS = frozenset({550, 551, 552, 553, 684, 688, 692, 818, 822})  # catalog/pg_operator.dat, of integers
_EQUALS = frozenset({15, 94, 96, 410, 416, 532, 533, 1862, 1868})
_CASTS = ("RELABELTYPE", "COERCETODOMAIN")
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
        replace(columns[index], nullable=not never_null(columns[index], is_sure))
        for index, is_sure in zip(written, verdict.not_null, strict=True)
    )
    return Locking(version, found, written, key, current)


def bulk_fault(query: Query, version: str, columns: tuple[Column, ...], tree: Node | None) -> Problem | None:
    """Return why a query of many rows can't report what became of each, or doesn't keep to their versions."""
    if not any(column.name == "outcome" for column in columns):
        message = f"'@optimistic {version}' of many rows needs a column outcome: 'updated', 'stale' or 'missing'"
        return _fault(query, message, "return one row for each id of the arguments, with what became of it")
    if tree is not None and (missing := _unkept(version, tree, None)):
        return _fault(query, missing, _FORM.format(version).replace(f":{version}", f"wanted.{version}"))
    return None


def _missing(query: Query, version: str, tree: Node) -> str | None:
    """Return what the statement doesn't do that would make its version one."""
    if version not in query.parameters:
        return f"'@optimistic {version}' needs the parameter :{version}, the version that the caller has read"
    return _unkept(version, tree, query.parameters.index(version) + 1)


def _unkept(version: str, tree: Node, number: int | None) -> str | None:
    """Return what no UPDATE does with *version*; *number* is of the parameter that it must equal, None: of any."""
    updates = [
        (node, level)
        for level in tree.walk()
        if level.tag == "QUERY"
        for node in (level, *(cte.node("ctequery") for cte in level.nodes("cteList")))
        if node is not None and node.number("commandType") == _UPDATE
    ]
    if not any(_counts(update, version) for update, _ in updates):
        return f"'@optimistic {version}': no UPDATE sets {version} = {version} + 1"
    compared = [(var, update, level) for update, level in updates for var in _compared(update, version, number)]
    wanted = f":{version}" if number else "that of the caller"
    if not compared:
        return f"'@optimistic {version}': no UPDATE asks for {version} = {wanted}"
    if not any(_is_held(*place) for place in compared):
        return (
            f"'@optimistic {version}': the {version} that is compared is not of a locked row, "
            "so another writer may come between"
        )
    return None


def _counts(update: Node, version: str) -> bool:
    entry = next((entry for entry in update.nodes("targetList") if entry.text("resname") == version), None)
    expr = _bare(entry.node("expr")) if entry is not None else None
    if expr is None or expr.tag != "OPEXPR" or expr.number("opno") not in _PLUS:
        return False
    args = [_bare(arg) for arg in expr.nodes("args")]
    return any(_is_named(arg, version, update) for arg in args) and any(map(_is_one, args))


def _is_one(expr: Node) -> bool:
    data = expr.fields.get("constvalue")
    return expr.tag == "CONST" and isinstance(data, bytes) and int.from_bytes(data, "little") == 1


def _compared(update: Node, version: str, number: int | None) -> Iterator[Node]:
    """Yield the columns *version* that must equal the parameter; without a *number* what stands in another item."""
    for condition in _conditions(update.node("jointree")):
        args = [_bare(arg) for arg in condition.nodes("args")]
        if condition.tag != "OPEXPR" or condition.number("opno") not in _EQUALS or len(args) != 2:
            continue
        for var, other in (args, args[::-1]):
            is_given = other.number("varno") != var.number("varno") if number is None else _is_parameter(other, number)
            if is_given and _is_named(var, version, update):
                yield var


def _is_parameter(expr: Node, number: int) -> bool:
    return expr.tag == "PARAM" and expr.number("paramid") == number


def _conditions(item: Node | None) -> Iterator[Node]:
    """Yield what must be true of every row: the conditions of WHERE and of inner joins."""
    if item is None or item.tag not in ("FROMEXPR", "JOINEXPR") or item.number("jointype"):
        return
    pending = [item.node("quals")]
    while pending:
        condition = pending.pop()
        if condition is not None and condition.tag == "BOOLEXPR" and condition.text("boolop") == "and":
            pending += condition.nodes("args")
        elif condition is not None:
            yield condition
    for below in (*item.nodes("fromlist"), item.node("larg"), item.node("rarg")):
        yield from _conditions(below)


def _is_held(var: Node, update: Node, level: Node) -> bool:
    """Return whether a column is of the written row, which PostgreSQL looks at again, or of one that was locked."""
    number = var.number("varno")
    if number == update.number("resultRelation"):
        return True
    item = update.nodes("rtable")[number - 1]
    entries = (*update.nodes("cteList"), *level.nodes("cteList"))
    named = next((entry for entry in entries if entry.text("ctename") == item.text("ctename")), None)
    source = item.node("subquery") or (named.node("ctequery") if named is not None else None)
    return source is not None and any(
        mark.number("strength") >= _FOR_SHARE for node in source.walk() for mark in node.nodes("rowMarks")
    )


def _is_named(expr: Node, name: str, query: Node) -> bool:
    """Return whether *expr* is a column of that name of an item of *query*."""
    relations, number = query.nodes("rtable"), expr.number("varno")
    if expr.tag != "VAR" or not 0 < number <= len(relations) or expr.number("varlevelsup"):
        return False
    listed = relations[number - 1].node("eref")
    names = listed.items("colnames") if listed is not None else []
    column = expr.number("varattno")
    return 0 < column <= len(names) and names[column - 1] == name


def _bare(expr: Node | None) -> Node:
    expr = expr or Node("")
    while expr.tag in (*_CASTS, "FUNCEXPR") and (below := _operand(expr)) is not None:
        expr = below
    return expr


def _operand(expr: Node) -> Node | None:
    """Return what a cast casts."""
    if expr.tag in _CASTS:
        return expr.node("arg")
    args = expr.nodes("args")
    return args[0] if len(args) == 1 else None


def _fault(query: Query, message: str, hint: str) -> Problem:
    return problem_at(query, None, message, hint=hint)
