"""Verify: find the first entry, digest or seal that is not as it was sealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from plainsql.audit.chain import FIRST_HEAD, Position, head_from, head_of, read_export
from plainsql.audit.keys import AuditKeys, load_keys
from plainsql.errors import AuditError
from plainsql.execute import Conn
from plainsql.queries.audit import ListSealsRow, find_difference, list_digests, list_seals

Kind = Literal["altered", "removed", "inserted", "digests", "seal", "signature", "key", "export"]


@dataclass(frozen=True, slots=True)
class Finding:
    """
    What is wrong first.

    Attributes:
        kind: ``altered``, ``removed`` and ``inserted`` are about an entry; ``digests`` about the digests of a seal;
            ``seal``, ``signature`` and ``key`` about a seal; ``export`` about the exported copy.
        seal: Number of the seal.
        entry_id: The entry, where one can be named.
        txid: Its transaction.
        message: A sentence.
    """

    kind: Kind
    seal: int
    entry_id: int | None
    txid: int | None
    message: str


@dataclass(frozen=True, slots=True)
class Verification:
    """
    What was found.

    Attributes:
        seals: Seals that hold.
        entries: Entries under them.
        first: What is wrong first; None: nothing.
    """

    seals: int
    entries: int
    first: Finding | None


def verify(
    conn: Conn, *, heads: Path | None = None, keys: AuditKeys | None = None, since: datetime | None = None
) -> Verification:
    """
    Compare entries, digests, heads and signatures, seal by seal, and stop at the first that doesn't hold.

    Args:
        conn: Of the owner, or of a role that audit.let_read() was called for.
        heads: The file that `seal` exports to: without it, seals that were taken from the end are not missed.
        keys: None: as `load_keys` finds them.
        since: Leave out seals made before, whose entries may have been dropped with their months.

    Raises:
        AuditError: There is no key, or the export can't be read.
    """
    keys = keys or load_keys()
    exported = None if heads is None else read_export(heads)
    if heads is not None and not exported and not heads.exists():
        raise AuditError(f"there are no exported heads at {heads}")
    previous, after, number = FIRST_HEAD, Position(), 0
    seals = entries = 0
    for row in list_seals(conn, after=0):
        number += 1
        if row.number != number:
            return Verification(seals, entries, _seal(number, "seal", f"seal {number} is missing"))
        skipped = since is not None and row.sealed_at < since
        finding = _check_seal(row, previous, keys, None if exported is None else exported.get(number))
        if finding is None and exported is not None and number not in exported and number < max(exported, default=0):
            finding = _seal(number, "export", f"the export lacks seal {number}")
        if finding is None and not skipped:
            finding = _check_entries(conn, row, previous, after)
        if finding is not None:
            return Verification(seals, entries, finding)
        previous, after = row.head, Position(row.txid, row.entry_id)
        if not skipped:
            seals += 1
            entries += row.entries
    if exported and max(exported) > number:
        message = f"seal {number + 1} was exported and is missing: what it sealed was taken from the end"
        return Verification(seals, entries, _seal(number + 1, "seal", message))
    return Verification(seals, entries, None)


def _check_seal(row: ListSealsRow, previous: bytes, keys: AuditKeys, exported: dict[str, Any] | None) -> Finding | None:
    head = head_from(row, previous)
    holds = keys.holds(head.message, row.signature, row.key_id)
    if holds is None:
        return _seal(row.number, "key", f"seal {row.number} is signed with key {row.key_id}, which is not among yours")
    if not holds:
        return _seal(row.number, "signature", f"seal {row.number} is not as it was signed")
    if exported is not None and (exported.get("head"), exported.get("signature")) != (
        head.head,
        row.signature.hex(),
    ):
        return _seal(row.number, "export", f"seal {row.number} is not the one that was exported")
    return None


def _check_entries(conn: Conn, row: ListSealsRow, previous: bytes, after: Position) -> Finding | None:
    found = find_difference(
        conn, after_txid=after.txid, after_entry_id=after.entry_id, txid=row.txid, entry_id=row.entry_id
    )
    digests = list_digests(
        conn, after_txid=after.txid, after_entry_id=after.entry_id, txid=row.txid, entry_id=row.entry_id
    )
    holds = len(digests) == row.entries and head_of(previous, digests) == row.head
    if found is not None:
        kind: Kind = "altered" if found.kind == "altered" else "removed" if found.kind == "removed" else "inserted"
        of = f" of {found.table_name} {found.record_pk or ''}".rstrip() if found.table_name else ""
        message = f"entry {found.entry_id}{of}, in seal {row.number}, was {kind} after it was sealed"
        return Finding(kind, row.number, found.entry_id, int(found.txid), message)
    if not holds:
        message = (
            f"the digests of seal {row.number} are not those that were sealed: entries after {after.entry_id} up to "
            f"{row.entry_id} may have been changed together with them"
        )
        return Finding("digests", row.number, None, None, message)
    return None


def _seal(number: int, kind: Kind, message: str) -> Finding:
    return Finding(kind, number, None, None, message)
