"""
Passwords by bcrypt: the `[bcrypt]` extra, imported at the first call.

A hash takes about a third of a second of computing at the default cost. `hash_password` is a before-hook as it stands,
marked slow so that under asyncio it runs in a thread; call `verify_password` there by `plainsql.aio.hooks.run_slow`.
"""

from __future__ import annotations

import re
from typing import Any

from plainsql.errors import PasswordTooLongError, PlainSQLError
from plainsql.hooks import slow

__all__ = ["LONGEST", "ROUNDS", "hash_password", "needs_rehash", "verify_password"]

LONGEST = 72
"""Bytes of UTF-8 that bcrypt takes; it knows nothing of what follows."""

ROUNDS = 12
"""Cost, the logarithm of the number of rounds: each one more doubles the time. 4 to 31."""

_FORM = re.compile(r"\$2(?P<version>[abxy])\$(?P<rounds>\d\d)\$[./A-Za-z0-9]{53}\Z")
_NOBODY = f"$2b$%02d${'.' * 22}{'.' * 31}"
"""A hash in form only, which no password has: comparing with it takes as long as with a user's."""


@slow
def hash_password(password: str, *, rounds: int = ROUNDS) -> str:
    """
    Return the bcrypt hash of *password*, 60 ASCII characters with its own salt.

    Raises:
        PasswordTooLongError: It is more than 72 bytes of UTF-8.
        ValueError: It is empty or holds a NUL, at which other bcrypts would end it.
    """
    data = password.encode()
    if len(data) > LONGEST:
        raise PasswordTooLongError(
            f"a password of {len(data)} bytes of UTF-8: bcrypt takes {LONGEST}, and would ignore the rest"
        )
    if not data:
        raise ValueError("an empty password")
    if "\0" in password:
        raise ValueError("a password with a NUL character: bcrypt of other languages would end there")
    bcrypt = _bcrypt()
    hashed: bytes = bcrypt.hashpw(data, bcrypt.gensalt(rounds))
    return hashed.decode()


@slow
def verify_password(password: str, hashed: str | None, *, rounds: int = ROUNDS) -> bool:
    """
    Tell whether *hashed* is a hash of *password*.

    Args:
        password: As somebody gave it: one that `hash_password` would refuse is wrong, not an error.
        hashed: None where there is no such user: the same work is done, so that the time tells nobody who has an
            account, and the answer is False.
        rounds: Cost of that work, the one that the users' hashes have.

    Raises:
        ValueError: *hashed* is no bcrypt hash.
    """
    data = password.encode()
    if hashed is not None and not _FORM.match(hashed):
        raise ValueError("what is stored is no bcrypt hash")  # not shown: it may be the password itself
    if not data or len(data) > LONGEST or "\0" in password:
        data, hashed = b"wrong", None
    if hashed is None:
        _bcrypt().checkpw(data, (_NOBODY % rounds).encode())
        return False
    found: bool = _bcrypt().checkpw(data, hashed.encode())
    return found


def needs_rehash(hashed: str, *, rounds: int = ROUNDS) -> bool:
    """Tell whether *hashed* is weaker than `hash_password` would make it now: fewer rounds, an old form, no bcrypt."""
    match = _FORM.match(hashed)
    return match is None or match["version"] != "b" or int(match["rounds"]) < rounds


def _bcrypt() -> Any:
    try:
        import bcrypt
    except ModuleNotFoundError as error:
        raise PlainSQLError("passwords need bcrypt: pip install 'plainsql[bcrypt]'") from error
    return bcrypt
