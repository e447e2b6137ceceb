"""``keys new``: a key for the file that PLAINSQL_KEYS_FILE names."""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path

from plainsql.crypto.providers import KEY_BYTES, KEY_ID, VARIABLE, FileKeys
from plainsql.errors import ConfigError

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def run(key_id: str | None) -> None:
    """Make a key: in a new file of mode 0600, or as a line on stdout for the one that is there."""
    key_id = key_id or datetime.now(UTC).strftime("%Y-%m")
    if not KEY_ID.fullmatch(key_id):
        raise ConfigError(f"--id must be 1 to 32 letters, digits, '.', '-' or '_', found {key_id!r}")
    name = os.environ.get(VARIABLE)
    path = Path(name) if name else None
    key = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
    line = f"{key_id if _BARE.fullmatch(key_id) else json.dumps(key_id)} = {json.dumps(key)}"
    if path is not None and not os.path.lexists(path):
        _write(path, f"current = {json.dumps(key_id)}\n\n[keys]\n{line}\n")
        print(f"wrote {path} with the key {key_id}, which is current")
        print(
            "keep a copy where backups of the database are not: without its key no value can be read", file=sys.stderr
        )
        return
    if path is not None and key_id in FileKeys(path).live():
        raise ConfigError(f"{path} has a key {key_id!r} already: name the new one with --id")
    if path is not None and path.read_text(encoding="utf-8").lstrip().startswith("{"):
        line = f"{json.dumps(key_id)}: {json.dumps(key)}"
    print(line)
    shown = path or f"the file that {VARIABLE} names"
    print(
        f"add this line to the keys of {shown} in every process; when each of them has it, set current to "
        f"{json.dumps(key_id)} and run plainsql keys rotate",
        file=sys.stderr,
    )


def _write(path: Path, text: str) -> None:
    """Write a file that nobody else may read at any moment; one that came up meanwhile is left alone."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(handle)
