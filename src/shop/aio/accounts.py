"""Logging in and out under asyncio: bcrypt runs in threads, so that the event loop stays free."""

from __future__ import annotations

from plainsql.aio.database import Database
from plainsql.aio.hooks import run_slow
from plainsql.aio.tenants import Tenant
from plainsql.passwords import needs_rehash, verify_password
from shop.accounts import LIFETIME, Address, Login, new_token, token_hash
from shop.errors import InvalidCredentialsError
from shop.queries.aio import sessions, users
from shop.queries.sessions import SessionByTokenRow

__all__ = ["LIFETIME", "Address", "Login", "find_session", "log_in", "log_out", "new_token", "token_hash"]


async def log_in(db: Database | Tenant, *, email: str, password: str, ip: Address | None = None) -> Login:
    """
    Verify a password and open a session.

    A hash that is weaker than today's is replaced on the way. What is verified is what counts: if the password is
    changed at the same moment, the login fails.

    Raises:
        InvalidCredentialsError: No live user has this address and password. It takes as long for an unknown address
            as for a wrong password.
    """
    found = await users.login_credentials(db, email=email)
    is_right = await run_slow(verify_password, password, found.password_hash if found else None)
    if found is None or not is_right:
        raise InvalidCredentialsError
    token = new_token()
    async with db.transaction() as tx:
        login = await users.record_login(tx, user_id=found.id, verified_hash=found.password_hash)
        if login is None:
            raise InvalidCredentialsError
        session = await sessions.open_session(
            tx, user_id=login.id, token_hash=token_hash(token), lifetime=LIFETIME, ip=ip
        )
    if needs_rehash(found.password_hash):
        await users.rehash_password(db, user_id=found.id, verified_hash=found.password_hash, password=password)
    return Login(login.id, session.id, session.expires_at, login.previous_login_at, token)


async def find_session(db: Database | Tenant, *, token: str) -> SessionByTokenRow | None:
    """Return the live session of a token with its user, and let it live on; None if it is over."""
    hashed = token_hash(token)
    touched = await sessions.touch_session(db, token_hash=hashed)
    return await sessions.session_by_token(db, token_hash=hashed) if touched else None


async def log_out(db: Database | Tenant, *, token: str) -> bool:
    """End the session of a token; False if it was over already."""
    return await sessions.revoke_session(db, token_hash=token_hash(token)) == 1
