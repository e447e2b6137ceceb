"""
One encrypted value: ``v1:keyid:nonce:ciphertext``, AES-256-GCM with a random nonce of 12 bytes (NIST SP 800-38D).

Its associated data is the column's name and the values of the columns that it is bound to, each with its length before
it: moved to another row or column it can't be decrypted. Subkeys are HKDF-SHA256 (RFC 5869) of the key, by column and
purpose; with random nonces one key of a column is good for 2^32 values (SP 800-38D, 8.3).
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from plainsql.errors import DecryptError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION: Final = b"v1"
NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_INSTALL: Final = "encrypted columns need the extra plainsql[crypto]: pip install 'plainsql[crypto]'"


def prefix_of(key_id: str) -> bytes:
    """Return what the values of a key begin with, and its blind indexes too."""
    return b"%s:%s:" % (VERSION, key_id.encode())


def key_id_of(data: bytes) -> str:
    """
    Return the id of the key that a value was encrypted with.

    Raises:
        DecryptError: It isn't in this format.
    """
    parts = data.split(b":", 2)
    if len(parts) < 3 or parts[0] != VERSION or not parts[1].isascii():
        raise DecryptError("the value is not one that plainsql has encrypted")
    return parts[1].decode("ascii")


def seal(key: bytes, key_id: str, column: str, bound: Sequence[object], text: str) -> bytes:
    """Return *text* encrypted for one row of *column*, which the values *bound* name."""
    nonce, prefix = os.urandom(NONCE_BYTES), prefix_of(key_id)
    data = associated(prefix, column, bound)
    return b"%s%s:%s" % (prefix, nonce, _cipher(key, column).encrypt(nonce, text.encode(), data))


def unseal(key: bytes, key_id: str, column: str, bound: Sequence[object], data: bytes) -> str:
    """
    Return the text of a value.

    Raises:
        DecryptError: It was changed, or encrypted for another row, column or key.
    """
    from cryptography.exceptions import InvalidTag

    prefix = prefix_of(key_id)
    start = len(prefix) + NONCE_BYTES
    nonce, colon, rest = data[len(prefix) : start], data[start : start + 1], data[start + 1 :]
    if colon != b":" or len(rest) < _TAG_BYTES:
        raise DecryptError("the value is cut off")
    try:
        return _cipher(key, column).decrypt(nonce, rest, associated(prefix, column, bound)).decode()
    except InvalidTag:
        raise DecryptError("the value was changed, or belongs to another row or column") from None


def associated(prefix: bytes, column: str, bound: Sequence[object]) -> bytes:
    """Return the associated data of a value."""
    return b"".join(b"%d:%s" % (len(part), part) for part in (prefix, column.encode(), *map(_canonical, bound)))


def _canonical(value: object) -> bytes:
    """Return the one form of a value of a row's key."""
    match value:
        case bool():
            pass
        case int():
            return b"i%d" % value
        case str():
            return b"s" + value.encode()
        case UUID():
            return b"u" + value.bytes
    raise DecryptError(f"the row's key holds {'NULL' if value is None else 'a ' + type(value).__name__}")


def index_of(key: bytes, column: str, text: str) -> bytes:
    """Return the blind index of a text: HMAC-SHA256 under a subkey of the column."""
    return hmac.digest(_subkey(key, column, "index"), text.encode(), "sha256")


@lru_cache(maxsize=256)
def _cipher(key: bytes, column: str) -> AESGCM:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError as error:
        raise ImportError(_INSTALL) from error
    return AESGCM(_subkey(key, column, "value"))


@lru_cache(maxsize=256)
def _subkey(key: bytes, column: str, purpose: str) -> bytes:
    try:
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF
    except ImportError as error:
        raise ImportError(_INSTALL) from error
    hkdf: Any = HKDF(SHA256(), 32, salt=None, info=f"plainsql:{purpose}:{column}".encode())
    derived: bytes = hkdf.derive(key)
    return derived
