"""The catalog's side of a statement's effects: functions, operators, keys and policies, read once and remembered."""

from __future__ import annotations

import logging
from collections import defaultdict
from typing import Any

import psycopg

from plainsql.describe.relations import RelationCatalog
from plainsql.describe.unread import Unread, expressions
from plainsql.effects import (
    EffectFacts,
    Effects,
    KeyColumn,
    Operator,
    Routine,
    UniqueKey,
    asked,
    effects_of,
    unknown_effects,
)
from plainsql.effects.level import conjuncts
from plainsql.errors import PlainSQLError
from plainsql.nullability import Node, read_tree
from plainsql.queries.effects import (
    ListRoutinesRow,
    ListUniqueKeysRow,
    list_domain_checks,
    list_nondeterministic_collations,
    list_operators,
    list_partition_roots,
    list_policies,
    list_routines,
    list_text_forms,
    list_unique_keys,
)

log = logging.getLogger(__name__)

_FIRST_USER_OID = 16_384  # access/transam.h, FirstNormalObjectId: below it stands what initdb made


class EffectCatalog:
    """Reads what a tree names on first use."""

    def __init__(self, conn: psycopg.Connection[Any], relations: RelationCatalog) -> None:
        self._conn = conn
        self._relations = relations
        self._routines: dict[int, Routine] = {}
        self._operators: dict[int, Operator] = {}
        self._keys: dict[int, tuple[UniqueKey, ...]] = {}
        self._roots: dict[int, int] = {}
        self._policies: dict[int, tuple[Node, ...]] = {}
        self._text_forms: dict[int, tuple[int, int]] = {}
        self._domain_checks: dict[int, tuple[Node, ...]] = {}
        self._nondeterministic: frozenset[int] | None = None
        self._unread = Unread()

    def effects(self, text: str, statement: Node | None) -> Effects:
        """Return what *statement* does, the tree that *text* tells; what isn't understood is taken for the worst."""
        if statement is None:
            return unknown_effects("not analysed")
        try:
            return effects_of(statement, self._facts(text, statement))
        except (PlainSQLError, ArithmeticError, AttributeError, LookupError, RecursionError, ValueError) as error:
            log.warning("a statement is taken for the worst: its tree is not understood: %r", error)
            return unknown_effects("its tree is not understood")

    def _facts(self, text: str, statement: Node) -> EffectFacts:
        """Read what *statement* reaches, and what that reaches: views, policies and the checks of domains."""
        texts, trees = [text], [statement]
        while trees:
            facts = self._relations.facts(" ".join(texts))
            relations = self._unread.new("relation", facts.relations)
            views = [facts.relations[oid].view_query for oid in relations]
            trees += [view for view in views if view is not None]
            texts = [*self._read_functions(trees), *self._read_relations(relations)]
            trees = list(expressions(texts))
        if self._nondeterministic is None:
            self._nondeterministic = frozenset(row.oid for row in list_nondeterministic_collations(self._conn))
        return EffectFacts(
            facts=facts,
            routines=self._routines,
            operators=self._operators,
            keys=self._keys,
            roots=self._roots,
            policies=self._policies,
            text_forms=self._text_forms,
            domain_checks=self._domain_checks,
            nondeterministic=self._nondeterministic,
        )

    def _read_functions(self, trees: list[Node]) -> list[str]:
        """Read the functions, operators and types that *trees* name; return the checks of domains among them."""
        named = [asked(tree) for tree in trees]
        checks: list[str] = []
        routines = {oid for found in named for oid in found.routines}
        if types := self._unread.new("type", (oid for found in named for oid in found.types)):
            for form in list_text_forms(self._conn, oids=types):
                self._text_forms[form.oid] = (form.input, form.output)
                routines |= {form.input, form.output}
            by_domain = defaultdict(list)
            for check in list_domain_checks(self._conn, oids=types):
                if check.oid is not None and check.expression is not None:
                    by_domain[check.oid].append(check.expression)
                    checks.append(check.expression)
            for domain, found in by_domain.items():
                self._domain_checks[domain] = expressions(found)
        if operators := self._unread.new("operator", (oid for found in named for oid in found.operators)):
            for row in list_operators(self._conn, oids=operators):
                families = frozenset(family for family in row.families or () if family is not None)
                self._operators[row.oid] = Operator(row.function, families, row.is_polymorphic is True)
                routines.add(row.function)
        if new := self._unread.new("routine", routines):
            self._routines.update((row.oid, _routine(row)) for row in list_routines(self._conn, oids=new))
        return checks

    def _read_relations(self, oids: list[int]) -> list[str]:
        """Read the keys, roots and policies of relations; return the conditions of the policies."""
        if not oids:
            return []
        keys: dict[int, list[UniqueKey]] = defaultdict(list)
        for key in list_unique_keys(self._conn, oids=oids):
            keys[key.relation].append(_key(key))
        self._keys.update((relation, tuple(found)) for relation, found in keys.items())
        roots: list[int] = []
        for part in list_partition_roots(self._conn, oids=oids):
            if part.root is not None:
                self._roots[part.oid] = part.root
                roots.append(part.root)
        policies: dict[int, list[str]] = defaultdict(list)
        for policy in list_policies(self._conn, oids=oids):
            policies[policy.relation] += [text for text in (policy.reading, policy.writing) if text]
        self._relations.read(roots)
        self._policies.update((relation, expressions(texts)) for relation, texts in policies.items())
        return [text for texts in policies.values() for text in texts]


def _routine(row: ListRoutinesRow) -> Routine:
    name = row.name if row.schema in ("pg_catalog", "public") else f"{row.schema}.{row.name}"
    return Routine(name, row.volatility or "v", row.oid < _FIRST_USER_OID, row.extension)


def _key(row: ListUniqueKeysRow) -> UniqueKey:
    expressions = iter(_nodes(row.expressions))
    columns = []
    for number, family, collation in zip(row.columns or (), row.families or (), row.collations or (), strict=True):
        expression = next(expressions) if number == 0 else None
        columns.append(KeyColumn(number or 0, family or 0, collation or 0, expression))
    predicate = tuple(part for condition in _nodes(row.predicate) for part in conjuncts(condition))
    return UniqueKey(tuple(columns), predicate, row.nulls_not_distinct)


def _nodes(text: str | None) -> tuple[Node, ...]:
    """Return the expressions of a list, or the one that stands alone."""
    if not text:
        return ()
    value = read_tree(text)
    return tuple(item for item in (value if isinstance(value, list) else [value]) if isinstance(item, Node))
