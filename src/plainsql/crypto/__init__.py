"""
Columns encrypted by the application: AES-256-GCM, keys by column and purpose, blind indexes, rotation of keys.

Importing this loads the standard library alone; `cryptography`, of the extra ``[crypto]``, at the first value.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from plainsql.crypto.keys import BlindIndex, FileKeys, KeyProvider, Keys, keys, use
from plainsql.crypto.text import EncryptedStr
from plainsql.errors import DecryptError, KeyMissingError, KeysFileError

if TYPE_CHECKING:
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


def __getattr__(name: str) -> Any:
    if name in ("Rotation", "rotate"):  # rotation stands far above: it runs statements
        return getattr(import_module("plainsql.rotation"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
