"""What the verdicts on a whole statement ask of the catalog, beyond what the proofs of nullability ask."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from plainsql.nullability import Facts, Node


@dataclass(frozen=True, slots=True)
class Routine:
    """
    A function, aggregate or window function.

    Attributes:
        name: ``schema.name``; without schema in pg_catalog and public.
        volatility: ``i``, ``s`` or ``v``; of an aggregate the worst of the functions that it is made of.
        is_builtin: PostgreSQL itself brought it.
        extension: The extension that it belongs to, if any.
    """

    name: str
    volatility: str
    is_builtin: bool
    extension: str | None = None


@dataclass(frozen=True, slots=True)
class Operator:
    """
    An operator.

    Attributes:
        function: OID of the function behind it.
        families: The btree operator families in which it is equality.
        is_polymorphic: It compares arrays, records, enums or ranges of any type, each by that type's own rules.
    """

    function: int
    families: frozenset[int]
    is_polymorphic: bool


@dataclass(frozen=True, slots=True)
class KeyColumn:
    """
    A column of a unique index.

    Attributes:
        number: Of the table's column; 0 for an expression.
        family: Operator family whose equality the index enforces.
        collation: OID, 0 for types without collation.
        expression: Tree with ``varno`` 1 for the table, when *number* is 0.
    """

    number: int
    family: int
    collation: int
    expression: Node | None = None


@dataclass(frozen=True, slots=True)
class UniqueKey:
    """
    A unique index that holds at any moment.

    Attributes:
        columns: In the order of the index.
        predicate: Conditions of the rows that it holds.
        nulls_not_distinct: Two NULLs are refused like two values.
    """

    columns: tuple[KeyColumn, ...]
    predicate: tuple[Node, ...] = ()
    nulls_not_distinct: bool = False


@dataclass(frozen=True, slots=True)
class EffectFacts:
    """
    The catalog as far as one statement needs it; what isn't here is taken for the worst.

    Attributes:
        facts: Relations, views and children.
        routines: By OID.
        operators: By OID.
        keys: Unique indexes by relation.
        roots: For each partition, the partitioned table at the top.
        policies: Conditions of row-level security by relation: of its reads and writes alike.
        text_forms: For each type, the OIDs of the functions that read it from text and write it as text.
        domain_checks: CHECK constraints by domain.
        nondeterministic: OIDs of collations under which different texts may be equal.
    """

    facts: Facts
    routines: Mapping[int, Routine] = field(default_factory=dict)
    operators: Mapping[int, Operator] = field(default_factory=dict)
    keys: Mapping[int, tuple[UniqueKey, ...]] = field(default_factory=dict)
    roots: Mapping[int, int] = field(default_factory=dict)
    policies: Mapping[int, tuple[Node, ...]] = field(default_factory=dict)
    text_forms: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    domain_checks: Mapping[int, tuple[Node, ...]] = field(default_factory=dict)
    nondeterministic: Set[int] = frozenset()
