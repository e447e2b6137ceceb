"""
Columns encrypted by the application: AES-256-GCM, keys by column and purpose, blind indexes, rotation of keys.

A name is imported when it is asked for, `cryptography`, of the extra ``[crypto]``, at the first value: modules without
encrypted columns don't pay for them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plainsql.crypto.blind import BlindIndex
    from plainsql.crypto.providers import FileKeys, KeyProvider
    from plainsql.crypto.ring import Keys, keys, use
    from plainsql.crypto.text import EncryptedStr
    from plainsql.errors import DecryptError, KeyMissingError, KeysFileError
    from plainsql.rotation import Rotation, rotate

__all__ = [
    "BlindIndex",
    "DecryptError",
    "EncryptedStr",
    "FileKeys",
    "KeyMissingError",
    "KeyProvider",
    "Keys",
    "KeysFileError",
    "Rotation",
    "keys",
    "rotate",
    "use",
]

_HOMES = {
    "BlindIndex": "plainsql.crypto.blind",
    "DecryptError": "plainsql.errors",
    "EncryptedStr": "plainsql.crypto.text",
    "FileKeys": "plainsql.crypto.providers",
    "KeyMissingError": "plainsql.errors",
    "KeyProvider": "plainsql.crypto.providers",
    "Keys": "plainsql.crypto.ring",
    "KeysFileError": "plainsql.errors",
    "Rotation": "plainsql.rotation",
    "keys": "plainsql.crypto.ring",
    "rotate": "plainsql.rotation",
    "use": "plainsql.crypto.ring",
}
"""Where a public name lives."""


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'plainsql.crypto' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
