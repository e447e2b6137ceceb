"""Where keys come from: a file, or whatever the application has."""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import stat
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import Any, Final, Protocol

from plainsql.errors import KeyMissingError, KeysFileError

VARIABLE: Final = "PLAINSQL_KEYS_FILE"
KEY_BYTES: Final = 32
KEY_ID: Final = re.compile(r"[A-Za-z0-9_.-]{1,32}")
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_LOOK_AGAIN: Final = 1.0
"""Seconds after which a keys file is looked at again."""


class HiddenKey(bytes):
    """A key that no log and no traceback with its locals shows."""

    def __repr__(self) -> str:
        return f"<key of {len(self)} bytes>"

    __str__ = __repr__


class KeyProvider(Protocol):
    """Gives the keys, by ids of up to 32 letters, digits, dots, dashes and underscores."""

    def current(self) -> str:
        """Return the id of the key that new values are encrypted with."""

    def live(self) -> Sequence[str]:
        """Return the ids of the keys that stored values may be encrypted with, the current one first."""

    def key(self, key_id: str) -> bytes:
        """Return the 32 bytes of a key; an id that nobody knows is a KeyMissingError."""


class FileKeys:
    """
    Keys of a file: TOML or JSON with ``current`` and a table ``keys`` of ids and 32 bytes in base64.

    The file is read again when it has changed, looked at once a second: keys are added without a restart.

    Args:
        path: Readable by its owner alone: mode 0600 or 0400.

    Raises:
        KeysFileError: It can't be read, may be read by others, or doesn't hold keys.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._looked = float("-inf")
        self._version: object = None
        self._current = ""
        self._keys: dict[str, bytes] = {}
        self._read()

    def __repr__(self) -> str:
        return f"FileKeys({str(self.path)!r})"

    def current(self) -> str:
        """Return the id of the key that new values are encrypted with."""
        self._read()
        return self._current

    def live(self) -> Sequence[str]:
        """Return every id of the file, the current one first."""
        self._read()
        return [self._current, *(key_id for key_id in self._keys if key_id != self._current)]

    def key(self, key_id: str) -> bytes:
        """Return a key."""
        self._read()
        if key_id not in self._keys:
            self._read(now=True)
        try:
            return self._keys[key_id]
        except KeyError:
            raise KeyMissingError(f"{self.path} has no key {key_id!r}", key_id=key_id) from None

    def _read(self, *, now: bool = False) -> None:
        if not now and monotonic() - self._looked < _LOOK_AGAIN:
            return
        try:
            handle = os.open(self.path, os.O_RDONLY)
            with open(handle, "rb") as file:
                found = os.fstat(handle)
                version = (found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size, found.st_mode)
                if version != self._version:
                    self._check_mode(found)
                    self._current, self._keys = _parsed(self.path, file.read())
                    self._version = version
        except OSError as error:
            raise KeysFileError(f"{self.path}: can't read the keys: {error.strerror}") from error
        except KeysFileError as error:
            message = str(error)  # alone: the frames below hold what was read
        else:
            message = ""
        if message:
            raise KeysFileError(message)
        self._looked = monotonic()

    def _check_mode(self, found: os.stat_result) -> None:
        if not stat.S_ISREG(found.st_mode):
            raise KeysFileError(f"{self.path}: expected a file of keys, found something else")
        if sys.platform != "win32" and found.st_mode & _OTHERS:
            mode = stat.S_IMODE(found.st_mode)
            raise KeysFileError(f"{self.path}: mode {mode:04o} lets others at the keys: run chmod 600 {self.path}")


def _parsed(path: Path, data: bytes) -> tuple[str, dict[str, bytes]]:
    """The messages never show a piece of the file."""
    try:
        text = data.decode()
        content: Any = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except ValueError:
        raise KeysFileError(f"{path}: neither TOML nor JSON") from None
    table = content.get("keys") if isinstance(content, dict) else None
    if not isinstance(table, dict) or not table:
        raise KeysFileError(f"{path}: expected a table 'keys' of ids and keys in base64")
    keys: dict[str, bytes] = {}
    for key_id, value in table.items():
        if not KEY_ID.fullmatch(key_id):
            raise KeysFileError(f"{path}: the key id {key_id!r} is not 1 to 32 letters, digits, '.', '-' or '_'")
        try:
            keys[key_id] = HiddenKey(base64.b64decode(value, validate=True))
        except (TypeError, binascii.Error, ValueError):
            raise KeysFileError(f"{path}: the key {key_id!r} is not base64") from None
        if len(keys[key_id]) != KEY_BYTES:
            raise KeysFileError(f"{path}: the key {key_id!r} has {len(keys[key_id])} bytes, expected {KEY_BYTES}")
    current = content.get("current")
    if not isinstance(current, str) or current not in keys:
        raise KeysFileError(f"{path}: 'current' must be the id of one of the keys: {', '.join(keys)}")
    return current, keys


class GivenKeys:
    """Keys that the application has already, the first of them the current one."""

    def __init__(self, given: dict[str, bytes]) -> None:
        if not given or any(not KEY_ID.fullmatch(name) or len(key) != KEY_BYTES for name, key in given.items()):
            raise KeysFileError(
                f"keys must be {KEY_BYTES} bytes each, under ids of 1 to 32 letters, digits, '.', '-', '_'"
            )
        self._given = {name: HiddenKey(key) for name, key in given.items()}

    def current(self) -> str:
        return next(iter(self._given))

    def live(self) -> Sequence[str]:
        return list(self._given)

    def key(self, key_id: str) -> bytes:
        try:
            return self._given[key_id]
        except KeyError:
            raise KeyMissingError(f"there is no key {key_id!r}", key_id=key_id) from None
