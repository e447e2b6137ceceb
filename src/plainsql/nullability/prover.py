"""The state of one proof: verdicts that were reached, and what is assumed."""

from __future__ import annotations

from plainsql.nullability import expressions
from plainsql.nullability.facts import Facts
from plainsql.nullability.from_items import item_column_is_not_null
from plainsql.nullability.joins import Known, know
from plainsql.nullability.keys import key_of
from plainsql.nullability.node import Node
from plainsql.nullability.returning import (
    INSERT,
    MERGE,
    SELECT,
    excluded_is_not_null,
    returned_is_not_null,
    source_may_be_absent,
)
from plainsql.nullability.scope import Context, Scope
from plainsql.nullability.statements import query_is_not_null

_GROUP = 9  # nodes/parsenodes.h, RTEKind


class Prover:
    """
    Answers "can't it be NULL?" with what *facts* say of the catalog; False where there is no proof.

    Attributes:
        facts: The catalog.
        assumed: Columns of recursive queries, by identity, that are taken for not NULL in the rows already found.
        fixpoints: Columns of recursive queries, by identity, that are proved.
        checked: Columns of tables that a CHECK keeps from being NULL, by OID.
        rows: A level of its own for each table, by OID.
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.assumed: dict[int, frozenset[int]] = {}
        self.fixpoints: dict[int, frozenset[int]] = {}
        self.checked: dict[int, frozenset[int]] = {}
        self.rows: dict[int, Scope] = {}
        self._verdicts: dict[tuple[int, int], bool] = {}
        self._known: dict[int, Known] = {}

    def assuming(self, query: Node, columns: frozenset[int]) -> Prover:
        """Return a prover for one round of a recursion; only what holds in any round is shared with it."""
        other = Prover(self.facts)
        other.assumed = {**self.assumed, id(query): columns}
        other.checked, other.rows, other._known = self.checked, self.rows, self._known
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
        key = (id(query), column)
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
        key = None
        around: Context | None = context
        while around is not None:
            known = self.known(around.scope)
            has_sets = around.is_grouped and around.scope.query.items("groupingSets")
            claims = known.having if has_sets else known.claims
            if claims or around.claims:
                if key is None:
                    key = key_of(expr, context, self.facts)
                if key in claims or key in around.claims:
                    return True
            around = around.scope.parent
        return False

    def column_is_not_null(self, var: Node, context: Context) -> bool:
        """Return whether a reference to a FROM item's column can't be NULL."""
        home = context.up(var.number("varlevelsup"))
        query, number, column = home.scope.query, var.number("varno"), var.number("varattno")
        rte = home.scope.relation(number)
        if rte is None or self._is_nulled(var, home):
            return False
        is_key = rte.number("rtekind", -1) == _GROUP
        if query.items("groupingSets") and home.is_grouped and not is_key:
            return False
        command = query.number("commandType")
        if command != SELECT:
            if number == query.number("resultRelation"):
                if home.is_returning:
                    return returned_is_not_null(var, home, self)
            elif command == MERGE and source_may_be_absent(query):
                return False
            elif command == INSERT and number == _excluded(query):
                return excluded_is_not_null(rte, column, home, self)
        return item_column_is_not_null(rte, column, home, self)

    def _is_nulled(self, var: Node, home: Context) -> bool:
        """Return whether a join may fill the column with NULLs, by the join tree and by the server's own word."""
        known, number = self.known(home.scope), var.number("varno")
        also_matched = frozenset((join, is_left) for scope, join, is_left in home.matched if scope == home.scope.id)
        if known.may_be_nulled(number, also_matched):
            return True
        accounted = {join for join, _ in known.nulled_by.get(number, frozenset())}
        return not accounted.issuperset(self._joins_of(var, home))

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
