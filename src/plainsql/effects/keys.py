"""When a unique key says that a table gives one row at most."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from plainsql.effects.conditions import Label
from plainsql.effects.equalities import Equalities
from plainsql.effects.facts import EffectFacts, KeyColumn, UniqueKey
from plainsql.effects.level import bare, column_name, name_of
from plainsql.nullability import Node, Relation

_HAVE_KEYS = frozenset({"r", "p", "m"})
_IS_NOT_NULL = 1  # nodes/primnodes.h, NullTestType


def keys_of(rte: Node, facts: EffectFacts) -> tuple[UniqueKey, ...]:
    """Return the unique keys that hold for all rows of *rte*: a parent's own don't hold over what inherits from it."""
    relation = facts.facts.relations.get(rte.number("relid"))
    if relation is None or relation.kind not in _HAVE_KEYS:
        return ()
    if relation.kind != "p" and rte.flag("inh", True) and len(relation.family) > 1:
        return ()
    return facts.keys.get(relation.oid, ())


def uncompared(
    key: UniqueKey, number: int, relation: Relation, equalities: Equalities, *, may_be_missing: bool
) -> list[KeyColumn] | None:
    """
    Return the columns of *key* that nothing fixes: none when FROM item *number* gives one row at most.

    Args:
        key: Of *relation*.
        number: Place of the table in the range table.
        relation: The table.
        equalities: What the conditions fix.
        may_be_missing: An outer join may fill the item with NULLs; then one column has to be compared strictly.

    Returns:
        None if the key doesn't hold here, whatever is compared: its predicate isn't among the conditions.
    """
    if not all(_implied(part, number, equalities) for part in key.predicate):
        return None
    left, is_real = [], not may_be_missing
    for column in key.columns:
        name = _name(column, number)
        if _serves(equalities.labels(name), column):
            is_real = is_real or column.number > 0
        elif not _serves_with_null(column, name, key, relation, equalities):
            left.append(column)
    return left if left or is_real else list(key.columns)


def _name(column: KeyColumn, number: int) -> Hashable:
    if column.expression is None:
        return column_name(number, column.number)
    return name_of(bare(column.expression), table=number)


def _serves(labels: Iterable[Label], column: KeyColumn) -> bool:
    """Texts that are equal byte by byte are equal under every collation, the others only under their own."""
    return any(family == column.family and collation in (0, column.collation) for family, collation in labels)


def _serves_with_null(
    column: KeyColumn, name: Hashable, key: UniqueKey, relation: Relation, equalities: Equalities
) -> bool:
    """NULL is one value where the index takes it for one, and none where the column refuses it."""
    stored = relation.columns.get(column.number)
    if key.nulls_not_distinct and equalities.is_null(name):
        return True
    if not key.nulls_not_distinct and (stored is None or not stored.proved):
        return False
    return _serves(equalities.labels_or_null(name), column)


def _implied(part: Node, number: int, equalities: Equalities) -> bool:
    """A condition of a partial index holds when it is written alike, or says that a compared column isn't NULL."""
    if equalities.has(name_of(part, table=number)):
        return True
    arg = part.node("arg")
    if part.tag == "NULLTEST" and part.number("nulltesttype", -1) == _IS_NOT_NULL and arg is not None:
        return bool(equalities.labels(name_of(bare(arg), table=number)))
    return False
