"""What the proofs ask of the catalog."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from plainsql.nullability.node import Node


@dataclass(frozen=True, slots=True)
class TableColumn:
    """
    A column of a relation.

    Attributes:
        name: As in pg_attribute.
        type: OID.
        refuses_null: A new NULL is an error, by NOT NULL or by the domain.
        not_null: NOT NULL, valid or not: no new row holds NULL.
        proved: No stored row of this very table holds NULL either: the NOT NULL has been validated.
        generated: pg_attribute.attgenerated: ``""``, ``"s"`` stored, ``"v"`` virtual.
        expression: What fills it: the generation expression, or the default.
    """

    name: str
    type: int
    refuses_null: bool
    not_null: bool
    proved: bool
    generated: str = ""
    expression: Node | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """
    A table or view.

    Attributes:
        oid: Of pg_class.
        name: ``schema.table``; without schema when it is public.
        kind: pg_class.relkind.
        has_rules: Rewrite rules may replace what a write does and returns; a view's own rule doesn't count.
        triggers: pg_trigger.tgtype of the BEFORE and INSTEAD OF triggers, which may change each row that is written.
        columns: By number.
        family: OIDs of the relation itself and of all its children and partitions.
        checks: CHECK constraints that every stored row keeps to.
        new_checks: CHECK constraints that every new row keeps to.
        view_query: Query of a view or materialised view.
    """

    oid: int
    name: str
    kind: str
    has_rules: bool
    triggers: tuple[int, ...] = ()
    columns: Mapping[int, TableColumn] = field(default_factory=dict)
    family: tuple[int, ...] = ()
    checks: tuple[Node, ...] = ()
    new_checks: tuple[Node, ...] = ()
    view_query: Node | None = None

    def has_triggers(self, *events: int) -> bool:
        """Return whether a trigger may change rows of one of *events*: ON_INSERT, ON_UPDATE, …"""
        return any(trigger & event for trigger in self.triggers for event in events)


@dataclass(frozen=True, slots=True)
class Function:
    """
    A function, aggregates and operators' functions too.

    Attributes:
        is_strict: The executor answers NULL for a NULL argument, without a call.
        volatility: pg_proc.provolatile: ``i``, ``s`` or ``v``.
    """

    is_strict: bool
    volatility: str


@dataclass(frozen=True, slots=True)
class Facts:
    """
    The catalog as far as one statement needs it; what isn't here proves nothing.

    Attributes:
        relations: By OID, those behind views and children too.
        functions: By OID.
        not_null_domains: OIDs of domains that refuse NULL, by themselves or by one that they are made of.
    """

    relations: Mapping[int, Relation] = field(default_factory=dict)
    functions: Mapping[int, Function] = field(default_factory=dict)
    not_null_domains: Set[int] = frozenset()

    def is_strict(self, function: int) -> bool:
        """Return whether NULL in gives NULL out."""
        found = self.functions.get(function)
        return found is not None and found.is_strict

    def is_volatile(self, function: int) -> bool:
        """Return whether two calls with the same arguments may differ within a statement."""
        found = self.functions.get(function)
        return found is None or found.volatility == "v"


TABLES = frozenset({"r", "p"})
"""relkinds whose rows the server itself checks; foreign tables only promise."""

VIEWS = frozenset({"v", "m"})
"""relkinds that are the rows of their query; those of a materialised view as of its last REFRESH."""

ON_INSERT, ON_DELETE, ON_UPDATE = 4, 8, 16
"""catalog/pg_trigger.h, TRIGGER_TYPE_…"""
