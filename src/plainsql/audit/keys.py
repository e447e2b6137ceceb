"""Keys that sign the heads of the chain; the server never sees one."""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass, field
from pathlib import Path

from plainsql.errors import AuditError

KEY = "PLAINSQL_AUDIT_KEY"
"""The variable that holds the keys."""
KEY_FILE = "PLAINSQL_AUDIT_KEY_FILE"
"""The variable that names the file of the keys."""
_SHORTEST = 32


@dataclass(frozen=True, slots=True)
class AuditKeys:
    """
    Keys, of which the first signs and all verify.

    Attributes:
        keys: Each of 32 bytes or more.
    """

    keys: tuple[bytes, ...] = field(repr=False)

    def __post_init__(self) -> None:
        if not self.keys or any(len(key) < _SHORTEST for key in self.keys):
            raise AuditError(
                f"a key of the audit has {_SHORTEST} characters or more: "
                """python -c "import secrets; print(secrets.token_hex(32))" """.strip()
            )

    @property
    def key_id(self) -> str:
        """Name of the key that signs: a hash, which tells nothing of it."""
        return key_id(self.keys[0])

    def sign(self, message: bytes) -> bytes:
        """Return the HMAC-SHA256 of *message* by the first key."""
        return hmac.digest(self.keys[0], message, "sha256")

    def holds(self, message: bytes, signature: bytes, by: str) -> bool | None:
        """Return whether the key named *by* signed *message*; None: that key isn't here."""
        for key in self.keys:
            if key_id(key) == by:
                return hmac.compare_digest(hmac.digest(key, message, "sha256"), signature)
        return None


def key_id(key: bytes) -> str:
    """Return the name of a key."""
    return hashlib.sha256(b"plainsql audit key " + key).hexdigest()[:16]


def load_keys() -> AuditKeys:
    """
    Return the keys of PLAINSQL_AUDIT_KEY, or of the file that PLAINSQL_AUDIT_KEY_FILE names: one a line, newest first.

    Raises:
        AuditError: Neither is set, the file can't be read, or a key is too short.
    """
    text = os.environ.get(KEY, "")
    if not text.strip():
        file = os.environ.get(KEY_FILE, "")
        if not file.strip():
            raise AuditError(f"no key to sign with: set {KEY}, or {KEY_FILE} to the path of a file with a key a line")
        try:
            text = Path(file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise AuditError(f"{KEY_FILE}: {error}") from error
    return AuditKeys(tuple(line.encode() for line in text.split()))
