"""
Parameters that PostgreSQL can't type by itself.

It takes the first occurrence's word for a parameter: ``:x IS NULL OR c = :x`` fails though ``c = :x OR :x IS NULL``
works. So each occurrence gets a number of its own, the types found are unified, and the statement is parsed again.
"""

from __future__ import annotations

import re
from typing import Any

import psycopg

from plainsql.describe.occurrences import Occurrence, find_occurrences, number_apart
from plainsql.describe.statement import Prepared, Refusal, prepare
from plainsql.describe.types import TypeCatalog, base_type
from plainsql.queries.catalog import find_type
from plainsql.query.model import Query

INDETERMINATE = "42P18"
AMBIGUOUS = "42P08"
UNDEFINED_FUNCTION = "42883"
_UNTYPED = {INDETERMINATE, AMBIGUOUS, "42725", "42804", UNDEFINED_FUNCTION}
"""indeterminate_datatype, ambiguous_parameter, ambiguous_function, datatype_mismatch, undefined_function"""
_TEXT = 25
_STRINGS = (25, 1043, 1042, 19)
_INTEGERS = (20, 23, 21)


def prepare_inferring(conn: psycopg.Connection[Any], query: Query, types: TypeCatalog) -> Prepared:
    """
    Return what the server makes of *query*.

    Raises:
        Refusal: The server refuses it, or parameters keep no type; the hint then says which one to write.
    """
    try:
        return prepare(conn, query.sql)
    except Refusal as refusal:
        if refusal.sqlstate not in _UNTYPED or not query.parameters:
            raise
        occurrences = find_occurrences(query)
        repeated = len(occurrences) > len({occurrence.number for occurrence in occurrences})
        found = _types_apart(conn, query, occurrences) if repeated else {}
        weak_text = refusal.sqlstate != AMBIGUOUS
        given = [_unify(found.get(number, ()), types, weak_text) for number in range(1, len(query.parameters) + 1)]
        if any(given):
            try:
                return prepare(conn, query.sql, given)
            except Refusal as second:
                if second.sqlstate == INDETERMINATE:
                    refusal = second
        if refusal.sqlstate == UNDEFINED_FUNCTION and (hint := _domain_hint(conn, refusal, types)):
            raise Refusal(refusal.sqlstate, refusal.message, hint, refusal.offset) from None
        raise _explain(refusal, query, occurrences, found, types) from None


def _types_apart(
    conn: psycopg.Connection[Any], query: Query, occurrences: list[Occurrence]
) -> dict[int, tuple[int, ...]]:
    """Return the types that the occurrences of each parameter have by themselves."""
    sql = number_apart(query.sql, occurrences)
    given = [0] * len(occurrences)
    for _ in occurrences:
        try:
            prepared = prepare(conn, sql, given)
        except Refusal as refusal:
            number = _named_parameter(refusal)
            if refusal.sqlstate != INDETERMINATE or number is None or given[number - 1]:
                return {}
            given[number - 1] = _TEXT  # a place that takes any type, such as `$1 IS NULL`
            continue
        found: dict[int, tuple[int, ...]] = {}
        for occurrence, oid, placeholder in zip(occurrences, prepared.parameters, given, strict=True):
            if not placeholder and oid not in found.get(occurrence.number, ()):
                found[occurrence.number] = (*found.get(occurrence.number, ()), oid)
        return found
    return {}


def _unify(oids: tuple[int, ...], types: TypeCatalog, weak_text: bool) -> int:
    """
    Return the one type that serves all of *oids*, or 0.

    With *weak_text*, text gives way: PostgreSQL falls back to it where nothing else is known, as in ``SELECT :x``.
    """
    if len(oids) == 1:
        return oids[0]
    types.read(oids)
    bases = {base_type(types[oid]).oid for oid in oids}
    if len(bases) == 1:
        return bases.pop()
    for family in (_STRINGS, _INTEGERS):
        if bases and bases.issubset(family):
            return next(oid for oid in family if oid in bases)
    others = bases - {_TEXT}
    return others.pop() if weak_text and len(others) == 1 else 0


def _named_parameter(refusal: Refusal) -> int | None:
    match = re.search(r"\$(\d+)", refusal.message)
    return int(match[1]) if match else None


def _domain_hint(conn: psycopg.Connection[Any], refusal: Refusal, types: TypeCatalog) -> str | None:
    """Return what to write when an operand is a domain over an enum, for which PostgreSQL has no operators."""
    match = re.search(r": (.+) [-+*/<>=~!@#%^&|`?]+ (.+)$", refusal.message)  # the words before are localised
    for name in match.groups() if match else ():
        oid = None if name == "unknown" else find_type(conn, name=name)
        if oid and types[oid].kind == "domain" and base_type(types[oid]).kind == "enum":
            base = base_type(types[oid]).name
            return f"PostgreSQL compares no domains over enums: write value::{base} for a value of type {name}"
    return None


def _explain(
    refusal: Refusal,
    query: Query,
    occurrences: list[Occurrence],
    found: dict[int, tuple[int, ...]],
    types: TypeCatalog,
) -> Refusal:
    """Return the server's refusal with the parameter's name, its place, and the cast to write."""
    number = _named_parameter(refusal)
    if refusal.sqlstate in (INDETERMINATE, AMBIGUOUS) and number is not None and number <= len(query.parameters):
        name = query.parameters[number - 1]
        place = next((occurrence.start for occurrence in occurrences if occurrence.number == number), None)
        message = refusal.message.replace(f"${number}", f":{name}")
        if len(oids := found.get(number, ())) > 1:
            message = f"parameter :{name} is used as {' and as '.join(types[oid].name for oid in oids)}"
        offset = refusal.offset if refusal.offset is not None else place
        return Refusal(refusal.sqlstate, message, f"write :{name}::type", offset)
    if refusal.sqlstate == UNDEFINED_FUNCTION and "interval" in refusal.message:
        for occurrence in occurrences:
            if re.search(r"[-+]\s*$", query.sql[: occurrence.start]):
                name = query.parameters[occurrence.number - 1]
                return Refusal(refusal.sqlstate, refusal.message, f"write :{name}::interval", occurrence.start)
    if refusal.sqlstate == "42725" and refusal.offset is not None:
        after = (occurrence for occurrence in occurrences if occurrence.start >= refusal.offset)
        near = next(after, None) or (occurrences[-1] if occurrences else None)
        if near is not None:
            hint = f"write :{query.parameters[near.number - 1]}::type"
            return Refusal(refusal.sqlstate, refusal.message, hint, refusal.offset)
    return refusal
