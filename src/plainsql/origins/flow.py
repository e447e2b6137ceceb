"""
What a value of a statement is: a column of a row of a table, a parameter, an element of an array parameter.

Names are followed through FROM items, sub-queries, views, WITH, VALUES, unnest, joins, scalar sub-selects and set
operations; whatever is computed is a Made, whose operands are looked at where they stand. Node types and fields are
those of nodes/primnodes.h and nodes/parsenodes.h.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from plainsql.nullability import Facts, Node
from plainsql.nullability.keys import EXTERNAL, item
from plainsql.nullability.outputs import INSERT, output_entries, output_entry
from plainsql.nullability.set_returning import UNNEST

Row: TypeAlias = "tuple[tuple[int, int], ...]"
"""The FROM items through which a row is read, outermost first: two values with one Row are of one row."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A column of a table: OID and number."""

    relation: int
    column: int
    row: Row


@dataclass(frozen=True, slots=True)
class Given:
    """A parameter by its number."""

    parameter: int


@dataclass(frozen=True, slots=True)
class Element:
    """An element of an array parameter; *row* is the same for arrays that one unnest takes side by side."""

    parameter: int
    row: Row


@dataclass(frozen=True, slots=True)
class Null:
    """NULL, or what DEFAULT puts in."""


@dataclass(frozen=True, slots=True)
class Made:
    """Something that the statement works out."""


Origin: TypeAlias = Stored | Given | Element | Null | Made

_THROUGH: Final = frozenset({"RELABELTYPE", "COERCETODOMAIN"})
_WIDENED: Final = frozenset({313, 481, 754})
"""int4(int2), int8(int4), int8(int2): the same number."""
_EXCLUDED: Final = "c"
_SCALAR, _ROW = 4, 5  # SubLinkType, EXPR_SUBLINK and MULTIEXPR_SUBLINK
_OF_SEVERAL: Final = 3  # ParamKind, PARAM_MULTIEXPR
_DEPTH: Final = 60


@dataclass(frozen=True, slots=True)
class Level:
    """One query and those around it; *row* is how it is read."""

    query: Node
    parent: Level | None = None
    row: Row = ()

    def up(self, levels: int) -> Level | None:
        """Return the level *levels* further out, None if there is no such."""
        level: Level | None = self
        for _ in range(levels):
            level = level.parent if level is not None else None
        return level

    def item(self, number: int) -> Node | None:
        """Return a FROM item by its number."""
        rtable = self.query.nodes("rtable")
        return rtable[number - 1] if 0 < number <= len(rtable) else None

    def step(self, number: int) -> Row:
        """Return the Row of a FROM item of this level."""
        return (*self.row, (id(self.query), number))


def origins(expr: Node | None, level: Level, facts: Facts, depth: int = 0) -> tuple[Origin, ...]:
    """Return what a value is in each of the ways it comes about: rows of VALUES, arms of UNION ALL, in order."""
    if expr is None or depth > _DEPTH:
        return (Made(),)
    if expr.tag in _THROUGH:
        return origins(expr.node("arg"), level, facts, depth + 1)
    match expr.tag:
        case "FUNCEXPR" if expr.number("funcid") in _WIDENED and len(expr.nodes("args")) == 1:
            return origins(expr.nodes("args")[0], level, facts, depth + 1)
        case "CONST":
            return (Null(),) if expr.flag("constisnull") else (Made(),)
        case "SETTODEFAULT":
            return (Null(),)
        case "PARAM" if expr.number("paramkind", -1) == EXTERNAL:
            return (Given(expr.number("paramid")),)
        case "PARAM":
            return _assigned_together(expr, level, facts, depth + 1)
        case "SUBLINK" if expr.number("subLinkType", -1) == _SCALAR:
            query = expr.node("subselect")
            return (
                output_origins(query, 1, level, (*level.row, (id(expr), 0)), facts, depth + 1) if query else (Made(),)
            )
        case "VAR" if expr.number("varattno") > 0:
            home = level.up(expr.number("varlevelsup"))
            return _column(expr, home, facts, depth + 1) if home is not None else (Made(),)
        case _:
            return (Made(),)


def output_origins(
    query: Node | None, column: int, parent: Level | None, row: Row, facts: Facts, depth: int = 0
) -> tuple[Origin, ...]:
    """Return what an output column of a query is; of a set operation, what it is in each arm."""
    if query is None or depth > _DEPTH:
        return (Made(),)
    level = Level(query, parent, row)
    if query.node("setOperations") is not None:
        found: list[Origin] = []
        for number, arm in arms(level):
            found += output_origins(arm, column, level, level.step(number), facts, depth + 1)
        return tuple(found)
    entry = output_entry(query, column)
    return origins(entry.node("expr"), level, facts, depth + 1) if entry is not None else (Made(),)


def arms(level: Level) -> Iterator[tuple[int, Node]]:
    """Yield the queries that a set operation puts together, with their numbers in the range table."""
    for number, rte in enumerate(level.query.nodes("rtable"), 1):
        if (query := rte.node("subquery")) is not None:
            yield number, query


def row_origins(number: int, level: Level, facts: Facts) -> Iterator[Origin]:
    """Yield what each column of a FROM item is: those of a whole row."""
    rte = level.item(number)
    names = rte.node("eref") if rte is not None else None
    for column in range(1, len(names.items("colnames")) + 1 if names is not None else 1):
        var = Node("VAR")
        var.fields = {"varno": str(number), "varattno": str(column), "varlevelsup": "0"}
        yield from origins(var, level, facts)


def _assigned_together(param: Node, level: Level, facts: Facts, depth: int) -> tuple[Origin, ...]:
    """``SET (a, b) = (SELECT …)``."""
    number, column = divmod(param.number("paramid"), 0x10000)
    if param.number("paramkind", -1) == _OF_SEVERAL:
        for name in ("targetList", "onConflict", "mergeActionList"):
            below = level.query.fields.get(name)
            nodes = below if isinstance(below, list) else [below]
            for node in (inner for outer in nodes if isinstance(outer, Node) for inner in outer.walk()):
                if (
                    node.tag == "SUBLINK"
                    and node.number("subLinkType", -1) == _ROW
                    and node.number("subLinkId") == number
                ):
                    row = (*level.row, (id(node), 0))
                    return output_origins(node.node("subselect"), column, level, row, facts, depth)
    return (Made(),)


def _column(var: Node, home: Level, facts: Facts, depth: int) -> tuple[Origin, ...]:
    number, column = var.number("varno"), var.number("varattno")
    rte, row = home.item(number), home.step(number)
    if rte is None:
        return (Made(),)
    match rte.number("rtekind", -1):
        case 0 if rte.text("relkind") == _EXCLUDED or _is_excluded(number, home):
            return _proposed(home, column, facts, depth)
        case 0:
            relation = facts.relations.get(rte.number("relid"))
            if relation is not None and relation.view_query is not None:
                return output_origins(relation.view_query, column, None, row, facts, depth)
            return (Stored(rte.number("relid"), column, row),)
        case 1:
            return output_origins(rte.node("subquery"), column, home, row, facts, depth)
        case 2:
            return origins(item(rte, "joinaliasvars", column), home, facts, depth)
        case 3:
            return _element(rte, column, row)
        case 5:
            rows = [members for members in rte.items("values_lists") if isinstance(members, list)]
            found: list[Origin] = []
            for members in rows:
                member = members[column - 1] if column <= len(members) else None
                found += origins(member if isinstance(member, Node) else None, home, facts, depth)
            return tuple(found)
        case 6:
            return _of_with(rte, column, home, row, facts, depth)
        case 9:
            return origins(item(rte, "groupexprs", column), home, facts, depth)
        case _:
            return (Made(),)


def _of_with(rte: Node, column: int, home: Level, row: Row, facts: Facts, depth: int) -> tuple[Origin, ...]:
    definer = home.up(rte.number("ctelevelsup"))
    if definer is None or rte.flag("self_reference"):
        return (Made(),)
    for cte in definer.query.nodes("cteList"):
        if cte.text("ctename") == rte.text("ctename"):
            query = cte.node("ctequery")
            if query is None or column > len(output_entries(query)):  # SEARCH and CYCLE add columns
                return (Made(),)
            return output_origins(query, column, definer, row, facts, depth)
    return (Made(),)


def _element(rte: Node, column: int, row: Row) -> tuple[Origin, ...]:
    """``unnest(:ids, :names)``: the server makes one function of each array, which go side by side."""
    for function in rte.nodes("functions"):
        width = function.number("funccolcount")
        if column > width:
            column -= width
            continue
        call = function.node("funcexpr")
        if call is not None and call.number("funcid") == UNNEST and width == 1:
            array = call.nodes("args")[0]
            while array.tag in _THROUGH and (arg := array.node("arg")) is not None:
                array = arg
            if array.tag == "PARAM" and array.number("paramkind", -1) == EXTERNAL:
                return (Element(array.number("paramid"), row),)
        break
    return (Made(),)


def _is_excluded(number: int, home: Level) -> bool:
    conflict = home.query.node("onConflict")
    return conflict is not None and conflict.number("exclRelIndex", -1) == number


def _proposed(home: Level, column: int, facts: Facts, depth: int) -> tuple[Origin, ...]:
    """ON CONFLICT's EXCLUDED: the row that INSERT would have written."""
    if home.query.number("commandType") != INSERT:
        return (Made(),)
    for entry in home.query.nodes("targetList"):
        if entry.number("resno") == column and not entry.flag("resjunk"):
            return origins(entry.node("expr"), home, facts, depth)
    return (Made(),)
