"""
The chain: what a seal is made of.

The server digests each entry (sha256 of its columns as one JSON array). A seal's head is the sha256 of the head before
it and the digests since, in order of transaction and id; its signature is made with a key that the server never sees.
So an entry that is altered, removed, put in or moved meets its digest, a digest that is altered meets the head, and a
head that is altered meets the signature or the exported copy.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from plainsql.errors import AuditError
from plainsql.queries.audit import AddDigestsRow, ListDigestsRow, ListSealsRow

FIRST_HEAD = hashlib.sha256(b"plainsql audit chain").digest()


@dataclass(frozen=True, slots=True)
class Position:
    """The last entry of a seal, in order of transaction and id; at first one that is before all that can be put in."""

    txid: str = "0"
    entry_id: int = -(2**63)


@dataclass(frozen=True, slots=True)
class Head:
    """
    A seal as it is signed and exported.

    Attributes:
        number: From 1.
        sealed_at: In UTC.
        txid: Transaction of its last entry.
        entry_id: Its last entry.
        entries: How many it seals.
        previous: Head before, in hexadecimal.
        head: In hexadecimal.
    """

    number: int
    sealed_at: str
    txid: str
    entry_id: int
    entries: int
    previous: str
    head: str

    @property
    def message(self) -> bytes:
        """What is signed."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":")).encode()


def head_of(previous: bytes, digests: Iterable[AddDigestsRow | ListDigestsRow]) -> bytes:
    """Return the head of a seal over *digests*, which are in order."""
    found = hashlib.sha256(previous)
    for row in digests:
        found.update(int(row.txid).to_bytes(8, "big") + row.entry_id.to_bytes(8, "big", signed=True) + row.digest)
    return found.digest()


def head_from(row: ListSealsRow, previous: bytes) -> Head:
    """Return the head that *row* says, after *previous*."""
    return Head(row.number, utc(row.sealed_at), row.txid, row.entry_id, row.entries, previous.hex(), row.head.hex())


def utc(at: datetime) -> str:
    """Return an instant as text that is the same everywhere."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def read_export(path: Path) -> dict[int, dict[str, Any]]:
    """
    Return the exported heads by number; a line that a crash cut off, whose head stands again below, is left out.

    Raises:
        AuditError: Another line can't be read, or a number stands twice.
    """
    found: dict[int, dict[str, Any]] = {}
    if not path.exists():
        return found
    for place, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if not line.strip():
            continue
        try:
            head = json.loads(line)
            number = int(head["number"])
        except (ValueError, TypeError, KeyError) as error:
            if line.startswith("{") and not line.endswith("}"):
                continue
            raise AuditError(f"{path}:{place}: this is no exported head: {error}") from error
        if number in found:
            raise AuditError(f"{path}:{place}: head {number} stands twice")
        found[number] = head
    return found
