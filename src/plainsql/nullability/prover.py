"""The state of one proof: verdicts that were reached, and what is assumed."""

from __future__ import annotations

from plainsql.nullability import expressions
from plainsql.nullability.facts import Facts
from plainsql.nullability.from_items import item_column_is_not_null
from plainsql.nullability.grouping import groups_have_rows
from plainsql.nullability.joins import Known, know
from plainsql.nullability.keys import key_of, relation_key, resolved_at_home
from plainsql.nullability.node import Node
from plainsql.nullability.outputs import INSERT, SELECT
from plainsql.nullability.returning import excluded_is_not_null, returned_is_not_null
from plainsql.nullability.scope import Context, Key, Scope
from plainsql.nullability.shaping import Shapes
from plainsql.nullability.statements import query_is_not_null

_GROUP = 9  # nodes/parsenodes.h, RTEKind


class Prover:
    """
    Answers "can't it be NULL?" with what *facts* say of the catalog; False where there is no proof.

    Attributes:
        facts: The catalog.
        assumed: Columns of recursive queries, by identity, that are taken for not NULL in the rows already found.
        fixpoints: Columns of recursive queries, by identity and what they are read through, that are proved.
        checked: Columns of tables that a CHECK keeps from being NULL, by OID.
        refusing: Columns of tables that take no NULL in a new row, by OID.
        rows: A level of its own for each table, by OID.
        full_arrays: Numbers of the parameters whose arrays hold no NULL, because None in them is refused.
        promised: Numbers of the parameters that are never NULL, because the query itself has None refused.
        shapes: Tells what values are made of.
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.assumed: dict[int, frozenset[int]] = {}
        self.fixpoints: dict[Key, frozenset[int]] = {}
        self.checked: dict[int, frozenset[int]] = {}
        self.refusing: dict[int, frozenset[int]] = {}
        self.rows: dict[int, Scope] = {}
        self.full_arrays: frozenset[int] = frozenset()
        self.promised: frozenset[int] = frozenset()
        self.shapes = Shapes(self)
        self._verdicts: dict[Key, bool] = {}
        self._known: dict[Key, Known] = {}

    def assuming(self, query: Node, columns: frozenset[int]) -> Prover:
        """Return a prover for one round of a recursion; only what holds in any round is shared with it."""
        other = Prover(self.facts)
        other.assumed, other.full_arrays = {**self.assumed, id(query): columns}, self.full_arrays
        other.promised = self.promised
        other.checked, other.refusing, other.rows, other._known = self.checked, self.refusing, self.rows, self._known
        return other

    def known(self, scope: Scope) -> Known:
        """Return what FROM, WHERE and HAVING of a level say of its rows."""
        if scope.id not in self._known:
            self._known[scope.id] = know(scope, self)
        return self._known[scope.id]

    def output_is_not_null(self, query: Node, column: int, parent: Context | None) -> bool:
        """Return whether output column *column* of *query*, standing in *parent*, can't be NULL."""
        scope = Scope(query, parent)
        if parent is not None and not parent.is_plain:
            return query_is_not_null(scope, column, self)
        key = (scope.id, column)  # conditions on one reading of a view say nothing of another
        if key not in self._verdicts:
            self._verdicts[key] = False  # while it is being proved; a query that contains itself proves nothing
            self._verdicts[key] = query_is_not_null(scope, column, self)
        return self._verdicts[key]

    def expression_is_not_null(self, expr: Node | None, context: Context) -> bool:
        """Return whether *expr* can't be NULL in *context*."""
        return expressions.is_not_null(expr, context, self)

    def sublink_column_is_not_null(self, sublink: Node, column: int, context: Context) -> bool:
        """Return whether no row of a sub-select in an expression holds NULL in a column."""
        query = sublink.node("subselect")
        return query is not None and self.output_is_not_null(query, column, context)

    def is_claimed(self, expr: Node, context: Context) -> bool:
        """Return whether a condition says that *expr* isn't NULL."""
        around: Context | None = context
        while around is not None and not around.is_of_one_row:
            if around.claims or self._claims_of_level(around):
                return self.is_claimed_key(key_of(expr, context, self.facts), context)
            around = around.scope.parent
        return False

    def is_claimed_key(self, key: Key, context: Context) -> bool:
        """Return whether a condition of *context*, or of one around it, says what *key* names."""
        around: Context | None = context
        while around is not None and not around.is_of_one_row:
            if key in around.claims or key in self._claims_of_level(around):
                return True
            around = around.scope.parent
        return False

    def _claims_of_level(self, context: Context) -> frozenset[Key]:
        """Return what holds above GROUP BY or below it: a group of no rows has passed no WHERE."""
        known, query = self.known(context.scope), context.scope.query
        if context.is_grouped and (query.items("groupingSets") or not groups_have_rows(query)):
            return known.having
        return known.claims

    def column_is_not_null(self, var: Node, context: Context) -> bool:
        """Return whether a reference to a FROM item's column can't be NULL."""
        home = context.up(var.number("varlevelsup"))
        query, number, column = home.scope.query, var.number("varno"), var.number("varattno")
        rte = home.scope.relation(number)
        if rte is None or self._is_nulled(var, home, context):
            return False
        is_key = rte.number("rtekind", -1) == _GROUP
        if query.items("groupingSets") and home.is_grouped and not is_key:
            return False
        command = query.number("commandType")
        if command != SELECT:
            if number == query.number("resultRelation"):
                if home.is_returning:
                    return returned_is_not_null(var, home, self)
            elif command == INSERT and number == _excluded(query):
                return excluded_is_not_null(rte, column, home, self)
        return item_column_is_not_null(rte, var, home, self) or self._is_narrowed(var, home)

    def _is_narrowed(self, var: Node, home: Context) -> bool:
        """Return whether a sub-query's column can't be NULL in the rows that conditions outside of it let pass."""
        claims = home.claims | self._claims_of_level(home)
        if relation_key(home.scope.id, var.number("varno")) not in claims:
            return False
        if (below := resolved_at_home(var, home, self.facts)) is None:
            return False
        expr, context = below
        return self.expression_is_not_null(expr, context.claiming(claims))

    def _is_nulled(self, var: Node, home: Context, context: Context) -> bool:
        """Return whether a join may fill the column with NULLs, by the join tree and by the server's own word."""
        known, number = self.known(home.scope), var.number("varno")
        sides = known.nulled_by.get(number, frozenset())
        if not {join for join, _ in sides}.issuperset(self._joins_of(var, home)):
            return True
        if sides <= known.matched:
            return False
        matched = known.matched | {(join, is_left) for scope, join, is_left in home.matched if scope == home.scope.id}
        for item, item_sides in known.nulled_by.items():
            if not item_sides <= matched and self._has_claimed(relation_key(home.scope.id, item), context, home):
                matched |= item_sides
        return not sides <= matched

    def _has_claimed(self, key: Key, context: Context, home: Context) -> bool:
        """Return whether *key* is claimed in *context* or between it and *home*: in an arm of CASE, a sub-select."""
        around: Context | None = context
        while around is not None and around.scope is not home.scope and not around.is_of_one_row:
            if key in around.claims or key in self._claims_of_level(around):
                return True
            around = around.scope.parent
        return around is not None and not around.is_of_one_row and key in around.claims

    def _joins_of(self, var: Node, home: Context) -> set[int]:
        """Return varnullingrels (PostgreSQL 16) without the entry of GROUP BY, whose sets have a rule of their own."""
        joins = set(var.numbers("varnullingrels"))
        return {
            join for join in joins if (rte := home.scope.relation(join)) is None or rte.number("rtekind", -1) != _GROUP
        }


def _excluded(query: Node) -> int:
    """Return the range table index of EXCLUDED, -1 if there is none."""
    conflict = query.node("onConflict")
    return conflict.number("exclRelIndex", -1) if conflict is not None else -1
