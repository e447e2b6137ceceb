"""Seal: digest the entries of finished transactions, chain them, sign each head, keep a copy of it elsewhere."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from plainsql.audit.chain import FIRST_HEAD, Head, Position, head_from, head_of, read_export, utc
from plainsql.audit.keys import AuditKeys, load_keys
from plainsql.database import Database
from plainsql.errors import AuditError
from plainsql.queries.audit import add_digests, add_seal, last_seal, list_seals, lock_seals
from plainsql.transaction import Isolation, Transaction

BATCH = 10_000
"""Most entries under one seal."""
ISOLATION: Isolation = "read committed"
"""Whatever the server's default is: who waited for the lock must see what the other run sealed."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """
    What a run did.

    Attributes:
        seals: Seals made.
        entries: Entries under them.
        exported: Heads written to the file, also of runs that had ended before they could.
    """

    seals: int
    entries: int
    exported: int


def seal(
    db: Database,
    *,
    export: Path | None = None,
    keys: AuditKeys | None = None,
    batch: int = BATCH,
    progress: Callable[[int], None] | None = None,
) -> Sealed:
    """
    Seal every entry whose transaction ended before any open one began; the others wait for the next run.

    Each seal is a transaction of its own, so a run that is killed has sealed what it had sealed, and the next goes on.
    Two runs at once wait for each other. Writers are not held up.

    Args:
        db: As the owner of the audit.
        export: A file, on another machine or on storage that can't be rewritten: takes a line for each head.
        keys: None: as `load_keys` finds them.
        batch: Most entries under one seal.
        progress: Called with the number of entries sealed so far.

    Raises:
        AuditError: There is no key, or the database was restored into a server whose transactions began again.
    """
    if batch < 1:
        raise AuditError(f"batch is 1 or more, found {batch}")
    keys = keys or load_keys()
    seals = entries = 0
    while True:
        with db.transaction(isolation=ISOLATION) as tx:
            sealed = _seal_batch(tx, keys, batch)
        seals += sealed > 0
        entries += sealed
        if progress:
            progress(entries)
        if sealed < batch:
            break
    return Sealed(seals, entries, _export(db, export) if export is not None else 0)


def _seal_batch(tx: Transaction, keys: AuditKeys, batch: int) -> int:
    lock_seals(tx)
    last = last_seal(tx)
    if last is not None and not last.goes_on:
        raise AuditError(
            f"seal {last.number} ends at transaction {last.txid}, which this server has not reached: the database was "
            "restored from a dump. Its seals still verify where they were made; see docs/audit.md"
        )
    after = Position(last.txid, last.entry_id) if last else Position()
    digests = add_digests(tx, after_txid=after.txid, after_entry_id=after.entry_id, max_entries=batch)
    if not digests:
        return 0
    digests.sort(key=lambda row: (int(row.txid), row.entry_id))
    previous = last.head if last else FIRST_HEAD
    head = head_of(previous, digests)
    at = datetime.now(UTC)
    end = digests[-1]
    signed = Head(
        (last.number if last else 0) + 1, utc(at), end.txid, end.entry_id, len(digests), previous.hex(), head.hex()
    )
    add_seal(
        tx,
        number=signed.number,
        sealed_at=at,
        txid=end.txid,
        entry_id=end.entry_id,
        entries=len(digests),
        head=head,
        key_id=keys.key_id,
        signature=keys.sign(signed.message),
    )
    return len(digests)


def _export(db: Database, path: Path) -> int:
    """Write the heads that the file lacks, each with its signature; return how many. Two runs write none twice."""
    with db.transaction(isolation=ISOLATION) as tx:
        lock_seals(tx)
        return _write_heads(tx, path)


def _write_heads(tx: Transaction, path: Path) -> int:
    known = read_export(path)
    newest = max(known, default=0)
    previous = FIRST_HEAD
    if newest:
        previous = bytes.fromhex(str(known[newest]["head"]))
    text = ""
    count = 0
    for row in list_seals(tx, after=newest):
        head = head_from(row, previous)
        line = asdict(head) | {"key_id": row.key_id, "signature": row.signature.hex()}
        text += json.dumps(line, sort_keys=True) + "\n"
        previous = row.head
        count += 1
    if text:
        begun = path.exists() and path.stat().st_size > 0 and not path.read_bytes().endswith(b"\n")
        with path.open("a", encoding="utf-8", newline="\n") as file:
            file.write("\n" * begun + text)
            file.flush()
            os.fsync(file.fileno())
    return count
