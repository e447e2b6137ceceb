"""The proofs of one statement: remembers verdicts and hands each question to the module that knows its rule."""

from __future__ import annotations

from plainsql.nullability.expressions import is_not_null
from plainsql.nullability.facts import Facts
from plainsql.nullability.node import Node
from plainsql.nullability.relations import column_is_not_null
from plainsql.nullability.scope import Scope
from plainsql.nullability.statements import MERGE, query_is_not_null, returned_is_not_null


class Prover:
    """Answers "can't it be NULL?" with what *facts* say of the tables; False where there is no proof."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._verdicts: dict[tuple[int, int], bool] = {}
        self._scopes: dict[int, Scope] = {}

    def output_is_not_null(self, query: Node, column: int, parent: Scope | None) -> bool:
        """Return whether output column *column* of *query*, standing in *parent*, can't be NULL."""
        key = (id(query), column)
        if key not in self._verdicts:
            scope = self._scopes.setdefault(id(query), Scope(query, parent))
            self._verdicts[key] = False  # while it is being proved; a query that contains itself proves nothing
            self._verdicts[key] = query_is_not_null(scope, column, self)
        return self._verdicts[key]

    def expression_is_not_null(self, expr: Node | None, scope: Scope) -> bool:
        """Return whether *expr* can't be NULL in *scope*."""
        return is_not_null(expr, scope, self)

    def var_is_not_null(self, var: Node, scope: Scope) -> bool:
        """Return whether a reference to a FROM item's column can't be NULL."""
        if var.numbers("varnullingrels"):
            return False
        home = scope.up(var.number("varlevelsup"))
        number = var.number("varno")
        command = home.query.number("commandType")
        if number in home.nulled or command == MERGE or not 0 < number <= len(home.relations):
            return False
        if number == home.query.number("resultRelation"):
            return returned_is_not_null(var, home, self)
        rte = home.relations[number - 1]
        if home.query.items("groupingSets") and rte.number("rtekind") != 9:
            return False
        return column_is_not_null(rte, var.number("varattno"), home, self)
