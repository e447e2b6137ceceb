"""Entries of the audit as values, and a row as it was: what needs no server."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal, Protocol, cast
from uuid import UUID

from plainsql.errors import AuditError, AuditGapError
from plainsql.queries.audit import ListEntriesRow, ListEntriesSinceRow

Action = Literal["INSERT", "UPDATE", "DELETE", "TRUNCATE"]
Key = Mapping[str, object]
"""A primary key: names of columns and their values."""
REDACTED = "[redacted]"
"""Stands in entries for what is secret."""


class HasSides(Protocol):
    """A change of a row, as hooks of a query with @changes get it."""

    @property
    def old(self) -> Any:
        """The row before; None: it was inserted."""

    @property
    def new(self) -> Any:
        """The row after; None: it was deleted."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """
    One change of one row.

    Attributes:
        id: Rises with every change of the same row.
        at: When the statement ended, before its transaction's commit.
        action: What was done; a TRUNCATE emptied the whole table.
        actor_id: Who, as `db.actor` said.
        request_id: In which request.
        reason: Why.
        db_role: The role that had logged in.
        txid: The transaction.
        old: Changed columns before; all of a deleted row; empty for an inserted one.
        new: Changed columns after; all of an inserted row; empty for a deleted one.
    """

    id: int
    at: datetime
    action: Action
    actor_id: str | None
    request_id: str | None
    reason: str | None
    db_role: str
    txid: int
    old: dict[str, Any]
    new: dict[str, Any]

    @property
    def changed(self) -> tuple[str, ...]:
        """Names of the columns that it is about."""
        return tuple(self.old | self.new)


def entry_of(row: ListEntriesRow) -> AuditEntry:
    """Return the entry of *row*, its numbers with every digit."""
    return AuditEntry(
        row.id,
        row.at,
        cast("Action", row.action),
        row.actor_id,
        row.request_id,
        row.reason,
        row.db_role,
        int(row.txid),
        decoded(row.old) or {},
        decoded(row.new) or {},
    )


def decoded(text: str | None) -> dict[str, Any] | None:
    """Return an object of an entry; numbers with a point are Decimals."""
    return None if text is None else cast("dict[str, Any]", json.loads(text, parse_float=Decimal))


def canonical_key(pk: Key) -> dict[str, object]:
    """Return a key as entries have it."""
    if not isinstance(pk, Mapping) or not pk:
        raise AuditError(f'pk is a mapping of the primary key\'s columns, such as {{"id": 1}}; found {pk!r}')
    return {str(name): _canonical(value) for name, value in pk.items()}


def _canonical(value: object) -> object:
    if isinstance(value, datetime):
        text = (value.astimezone(UTC) if value.tzinfo else value).isoformat()
        head, point, rest = text.partition(".")
        if not point:
            return text
        digits, zone = rest[:6], rest[6:]
        return f"{head}.{digits.rstrip('0')}{zone}"
    if isinstance(value, UUID | date):
        return str(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def rebuild(rows: Sequence[ListEntriesSinceRow], *, table: str, pk: Key) -> dict[str, Any] | None:
    """
    Return the row before the first of *rows*, by undoing each from the newest to the oldest.

    Raises:
        AuditGapError: An entry doesn't fit what came after it: something changed the row without being recorded.
    """
    state = decoded(rows[0].present)
    loose = {*rows[0].redacted, *rows[0].quiet}
    for row in rows:
        if row.id is None:
            continue
        old, new = decoded(row.old) or {}, decoded(row.new) or {}
        where = f"{table} {dict(pk)}, entry {row.id} of {row.at}"
        if row.action == "TRUNCATE":
            raise AuditGapError(f"{where}: the table was truncated, and what it held was not recorded")
        if row.action == "DELETE":
            if state is not None:
                raise AuditGapError(f"{where}: the row was deleted and is there, but no entry inserts it")
            state = old
            continue
        if state is None:
            raise AuditGapError(f"{where}: the row is gone, or hidden from this role, and no entry deletes it")
        for name, value in new.items():
            if name in state and name not in loose and value != REDACTED and state[name] != value:
                raise AuditGapError(
                    f"{where}: it left {name} at {value!r}, later it was {state[name]!r}, and no entry changes it"
                )
        state = None if row.action == "INSERT" else state | {name: old[name] for name in old if name in state}
    return state


def entries_to_record(
    changes: Iterable[HasSides], key: Sequence[str], redact: Iterable[str] = ()
) -> list[dict[str, object]]:
    """Return what `audit.record` takes: one entry for each change that changes something."""
    secret = set(redact)
    found: list[dict[str, object]] = []
    for change in changes:
        old, new = _columns(change.old), _columns(change.new)
        row = new if new is not None else old
        if row is None:
            raise AuditError("a change has neither an old nor a new row")
        if missing := [name for name in key if name not in row]:
            raise AuditError(f"the rows have no column {', '.join(missing)} of the key; they have {', '.join(row)}")
        if old is not None and new is not None:
            if any(old[name] != new[name] for name in key):
                raise AuditError("a primary key changed: the history of a row hangs on it")
            names = [name for name in new if old.get(name) != new[name]]
            if not names:
                continue
            old, new = {name: old.get(name) for name in names}, {name: new[name] for name in names}
        action = "INSERT" if old is None else "DELETE" if new is None else "UPDATE"
        pk = {name: _canonical(row[name]) for name in key}
        found.append({"action": action, "record_pk": pk, "old": _redacted(old, secret), "new": _redacted(new, secret)})
    return found


def _columns(row: Any) -> dict[str, Any] | None:
    if row is None:
        return None
    names = getattr(row, "__struct_fields__", None) or getattr(row, "__dataclass_fields__", None)
    if names is None:
        raise AuditError(f"a row of a query was expected, found {type(row).__name__}")
    return {name: getattr(row, name) for name in names}


def _redacted(row: Mapping[str, Any] | None, secret: set[str]) -> dict[str, object] | None:
    if row is None:
        return None
    return {name: REDACTED if name in secret else _plain(value) for name, value in row.items()}


def _plain(value: Any) -> object:
    """Return *value* as JSON can have it."""
    import msgspec

    return msgspec.to_builtins(_canonical(value), enc_hook=str)
