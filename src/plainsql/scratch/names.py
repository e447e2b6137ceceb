"""Names of what lives no longer than a process, with the time in them, so that what a killed one left can be told."""

from __future__ import annotations

import secrets
import time

ABANDONED = 24 * 3600
"""Seconds after which nobody is taken to be using it."""


def passing_name(prefix: str) -> str:
    """Return a new name: prefix, seconds since 1970, chance."""
    return f"{prefix}{int(time.time())}_{secrets.token_hex(6)}"


def is_abandoned(name: str, prefix: str) -> bool:
    """Return whether *name* was made with *prefix* a day ago or earlier."""
    made = name.removeprefix(prefix).partition("_")[0]
    return name.startswith(prefix) and made.isdigit() and int(made) < time.time() - ABANDONED
