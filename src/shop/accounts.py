"""Logging in and out: the password is verified before a transaction is open, so that no lock waits for bcrypt."""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
import secrets
from dataclasses import dataclass, field
from uuid import UUID

from plainsql.database import Database
from plainsql.passwords import needs_rehash, verify_password
from plainsql.tenants import Tenant
from shop.errors import InvalidCredentialsError
from shop.queries import sessions, users
from shop.queries.sessions import SessionByTokenRow

__all__ = ["LIFETIME", "Address", "Login", "find_session", "log_in", "log_out", "new_token", "token_hash"]

LIFETIME = dt.timedelta(days=14)
"""How long a session lives after it was last used."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Login:
    """
    A session that has just been opened.

    Attributes:
        token: For the client; the database has its hash only.
        previous_login_at: When the user logged in before, None the first time.
    """

    user_id: int
    session_id: UUID
    expires_at: dt.datetime
    previous_login_at: dt.datetime | None
    token: str = field(repr=False)


def log_in(db: Database | Tenant, *, email: str, password: str, ip: Address | None = None) -> Login:
    """
    Verify a password and open a session.

    A hash that is weaker than today's is replaced on the way. What is verified is what counts: if the password is
    changed at the same moment, the login fails.

    Raises:
        InvalidCredentialsError: No live user has this address and password. It takes as long for an unknown address
            as for a wrong password.
    """
    found = users.login_credentials(db, email=email)
    is_right = verify_password(password, found.password_hash if found else None)
    if found is None or not is_right:
        raise InvalidCredentialsError
    token = new_token()
    with db.transaction() as tx:
        login = users.record_login(tx, user_id=found.id, verified_hash=found.password_hash)
        if login is None:
            raise InvalidCredentialsError
        session = sessions.open_session(tx, user_id=login.id, token_hash=token_hash(token), lifetime=LIFETIME, ip=ip)
    if needs_rehash(found.password_hash):
        users.rehash_password(db, user_id=found.id, verified_hash=found.password_hash, password=password)
    return Login(login.id, session.id, session.expires_at, login.previous_login_at, token)


def find_session(db: Database | Tenant, *, token: str) -> SessionByTokenRow | None:
    """Return the live session of a token with its user, and let it live on; None if it is over."""
    hashed = token_hash(token)
    return sessions.session_by_token(db, token_hash=hashed) if sessions.touch_session(db, token_hash=hashed) else None


def log_out(db: Database | Tenant, *, token: str) -> bool:
    """End the session of a token; False if it was over already."""
    return sessions.revoke_session(db, token_hash=token_hash(token)) == 1


def new_token() -> str:
    """Return a token that nobody can guess: 256 random bits, in characters that stand in a cookie."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """Return what the database keeps of a token; a random one needs neither salt nor slowness."""
    return hashlib.sha256(token.encode()).digest()
