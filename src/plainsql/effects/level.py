"""One level of a query: what its columns stand for, and which of its FROM items an expression refers to."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import cached_property

from plainsql.nullability import Node
from plainsql.nullability.node import Value

# nodes/parsenodes.h, RTEKind
TABLE, SUBQUERY, JOIN, FUNCTION, TABLEFUNC, VALUES, CTE, NAMED_TUPLES, RESULT, GROUP = range(10)
SELECT, UPDATE, INSERT, DELETE, MERGE = 1, 2, 3, 4, 5  # nodes/nodes.h, CmdType
INNER, LEFT, FULL, RIGHT = 0, 1, 2, 3  # nodes/nodes.h, JoinType


@dataclass(frozen=True, eq=False)
class Level:
    """A Query and the level that it stands in."""

    query: Node
    parent: Level | None = None

    @cached_property
    def entries(self) -> list[Node]:
        """The range table: ``entries[varno - 1]``."""
        return self.query.nodes("rtable")

    @property
    def command(self) -> int:
        """CmdType."""
        return self.query.number("commandType")

    def entry(self, number: int) -> Node:
        """Return entry *number* of the range table."""
        if not 0 < number <= len(self.entries):
            raise LookupError(f"no entry {number} in the range table")
        return self.entries[number - 1]

    def find_cte(self, rte: Node) -> tuple[Node, Level]:
        """Return the WITH entry that *rte* of this level reads, and the level that defines it."""
        level = self
        for _ in range(rte.number("ctelevelsup")):
            if level.parent is None:
                raise LookupError("a WITH reference leaves the outermost query")
            level = level.parent
        for cte in level.query.nodes("cteList"):
            if cte.text("ctename") == rte.text("ctename"):
                return cte, level
        raise LookupError(f"no WITH entry {rte.text('ctename')}")

    def resolved(self, expr: Node) -> Node:
        """Return what a column stands for when it is another name: merged by a join, or a key of GROUP BY."""
        while expr.tag == "VAR" and expr.number("varlevelsup") == 0:
            number = expr.number("varno")
            if not 0 < number <= len(self.entries):
                break
            names = {JOIN: "joinaliasvars", GROUP: "groupexprs"}.get(self.entries[number - 1].number("rtekind", -1))
            items = self.entries[number - 1].items(names) if names else []
            place = expr.number("varattno")
            below = items[place - 1] if 0 < place <= len(items) else None
            if not isinstance(below, Node):
                break
            expr = below
        return expr

    def references(self, tree: Node) -> set[int]:
        """Return the numbers of this level's FROM items that *tree*, an expression or entry of it, refers to."""
        found: set[int] = set()
        pending = list(variables(tree))
        while pending:
            var = pending.pop()
            number = var.number("varno")
            kind = self.entry(number).number("rtekind", -1)
            if kind not in (JOIN, GROUP):
                found.add(number)
                continue
            items = self.entry(number).items("joinaliasvars" if kind == JOIN else "groupexprs")
            place = var.number("varattno")
            chosen = items[place - 1 : place] if place > 0 else items
            pending += [below for item in chosen if isinstance(item, Node) for below in variables(item)]
        return found


def variables(tree: Node) -> Iterator[Node]:
    """Yield the columns in *tree* that belong to the level on which it stands, also those in its sub-selects."""
    pending: list[tuple[Value, int]] = [(tree, 0)]
    while pending:
        value, below = pending.pop()
        if isinstance(value, list):
            pending += [(item, below) for item in value]
        elif isinstance(value, Node):
            if value.tag == "VAR" and value.number("varlevelsup") == below:
                yield value
            deeper = below + 1 if value.tag == "QUERY" else below
            pending += [(item, deeper) for item in value.fields.values() if isinstance(item, (Node, list))]


def own_nodes(expr: Node) -> Iterator[Node]:
    """Yield the nodes of *expr* without those of its sub-selects."""
    pending: list[Value] = [expr]
    while pending:
        value = pending.pop()
        if isinstance(value, list):
            pending += value
        elif isinstance(value, Node) and value.tag != "QUERY":
            yield value
            pending += value.fields.values()


def conjuncts(condition: Node | None) -> Iterator[Node]:
    """Yield the conditions that AND joins."""
    if condition is None:
        return
    if condition.tag == "BOOLEXPR" and condition.text("boolop") == "and":
        for arg in condition.nodes("args"):
            yield from conjuncts(arg)
    else:
        yield condition


def is_true(condition: Node | None) -> bool:
    """Return whether a condition is absent or the constant true."""
    if condition is None:
        return True
    value = condition.fields.get("constvalue")
    return condition.tag == "CONST" and isinstance(value, bytes) and value[:1] not in (b"", b"\0")


def bare(expr: Node) -> Node:
    """Return *expr* without what only renames its type or collation."""
    while expr.tag in ("RELABELTYPE", "COLLATEEXPR"):
        below = expr.node("arg")
        if below is None:
            break
        expr = below
    return expr


_WRITTEN = frozenset(
    {
        "arrayformat",
        "coerceformat",
        "convertformat",
        "funcformat",
        "list_end",
        "list_start",
        "location",
        "opfuncid",
        "relabelformat",
        "row_format",
    }
)
"""Fields that say where and how an expression was written, not what it is."""


def name_of(value: Value, table: int = 0) -> Hashable:
    """
    Return what expressions of a level have in common that are written alike, as equal() of nodes/equalfuncs.c has it.

    Args:
        value: An expression. A sub-select is like itself alone.
        table: Number that the columns of FROM item 1 get: an index knows its table as number 1.
    """
    if isinstance(value, list):
        return tuple([name_of(item, table) for item in value])
    if not isinstance(value, Node):
        return value
    if value.tag == "VAR":
        number, level = value.number("varno"), value.number("varlevelsup")
        return column_name(table if table and number == 1 and not level else number, value.number("varattno"), level)
    if value.tag == "SUBLINK":
        return value.tag, id(value)
    return value.tag, *[(name, name_of(part, table)) for name, part in value.fields.items() if name not in _WRITTEN]


def column_name(number: int, attribute: int, level: int = 0) -> Hashable:
    """Return the name_of() a column of FROM item *number*."""
    return "VAR", number, attribute, level
