"""A user who is deleted, whose address somebody else takes, and who then wants to come back."""

from __future__ import annotations

from collections.abc import Iterator

from psycopg.errors import ForeignKeyViolation

from plainsql import PasswordTooLongError, StaleRowError
from plainsql.tenants import Tenant
from shop import accounts, deletion
from shop.errors import RestoreConflictError
from shop.queries import sessions, users

PASSWORD = "correct horse battery staple"


def leave_and_return(t: Tenant) -> Iterator[str]:
    """Sign up, write a profile twice with one version, be deleted and come back; yield what is told of it."""
    ada = users.create_user(t, username="ada", email="ada@example.org", password=PASSWORD, metadata={})
    (seen,) = users.users_for_support(t, user_ids=[ada.id])
    yield f"her password is stored as a bcrypt hash; the help desk sees {seen.email}, and that it looked is logged"
    try:
        users.change_password(t, user_id=ada.id, password="x" * 73)
    except PasswordTooLongError as error:
        yield f"another password: {error}"
    users.update_profile(t, user_id=ada.id, version=1, username="ada", metadata={"theme": "dark"})
    try:
        users.update_profile(t, user_id=ada.id, version=1, username="ada", metadata={"theme": "light"})
    except StaleRowError as error:
        yield f"a second write of version 1: refused, it is {error.actual} and {error.current.metadata}"
    accounts.log_in(t, email="ada@example.org", password=PASSWORD)
    (change,) = users.soft_delete_users(t, user_ids=[ada.id], reason="left")
    assert change.new is not None
    yield f"user {change.new.id} deleted, her session ended in the same transaction"
    token = accounts.token_hash(accounts.new_token())
    try:
        sessions.open_session(t, user_id=ada.id, token_hash=token, lifetime=accounts.LIFETIME, ip=None)
    except ForeignKeyViolation as error:
        yield f"a session for her: {error.diag.message_primary}"
    other = users.create_user(t, username="ada2", email="Ada@example.org", password=PASSWORD, metadata={})
    try:
        deletion.restore_user(t, user_id=ada.id)
    except RestoreConflictError as error:
        yield str(error)
    users.soft_delete_users(t, user_ids=[other.id], reason="left")
    back = deletion.restore_user(t, user_id=ada.id)
    assert back is not None
    yield f"that one is gone: user {back.id} is back as {back.email}"
