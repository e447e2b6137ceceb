"""Passwords by bcrypt: what is refused, what is verified, and that an unknown user costs as much as a known one."""

from __future__ import annotations

import subprocess
import sys
import time

import bcrypt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plainsql import PasswordTooLongError
from plainsql.passwords import LONGEST, hash_password, needs_rehash, verify_password

CHEAP = 4


def test_a_hash_is_of_bcrypts_form_and_verifies() -> None:
    hashed = hash_password("correct horse")
    assert hashed.startswith("$2b$12$")
    assert len(hashed) == 60
    assert verify_password("correct horse", hashed)
    assert not verify_password("incorrect horse", hashed)
    assert bcrypt.checkpw(b"correct horse", hashed.encode())


@pytest.mark.parametrize(
    ("password", "length"), [("x" * 73, 73), ("é" * 37, 74), ("🔑" * 19, 76), ("x" * 100_000, 100_000)]
)
def test_more_than_72_bytes_are_refused(password: str, length: int) -> None:
    with pytest.raises(PasswordTooLongError, match=f"a password of {length} bytes of UTF-8: bcrypt takes 72"):
        hash_password(password, rounds=CHEAP)
    assert not verify_password(password, hash_password(password[:10], rounds=CHEAP))


@pytest.mark.parametrize("password", ["x" * 72, "é" * 36, "🔑" * 18])
def test_72_bytes_are_taken_to_the_last(password: str) -> None:
    hashed = hash_password(password, rounds=CHEAP)
    assert verify_password(password, hashed)
    assert not verify_password(password[:-1], hashed)
    assert len(password.encode()) == LONGEST


def test_what_other_bcrypts_would_cut_off_is_refused() -> None:
    with pytest.raises(ValueError, match="NUL"):
        hash_password("abc\0def", rounds=CHEAP)
    with pytest.raises(ValueError, match="an empty password"):
        hash_password("", rounds=CHEAP)
    hashed = hash_password("abc", rounds=CHEAP)
    assert not verify_password("abc\0def", hashed)
    assert not verify_password("", hashed)


@settings(max_examples=50, deadline=None)
@given(st.text(min_size=1, max_size=40), st.text(max_size=40))
def test_a_password_verifies_with_its_own_hash_only(password: str, other: str) -> None:
    try:
        hashed = hash_password(password, rounds=CHEAP)
    except ValueError:  # PasswordTooLongError is one
        assert len(password.encode("utf-8", "surrogatepass")) > LONGEST or "\0" in password
        return
    assert verify_password(password, hashed)
    assert verify_password(other, hashed) == (other == password)


@pytest.mark.parametrize("stored", ["", "secret", "$2b$12$short", "$5$rounds=5000$abc", "$2b$12$" + "é" * 53])
def test_what_is_no_hash_is_an_error_that_does_not_show_it(stored: str) -> None:
    with pytest.raises(ValueError, match="what is stored is no bcrypt hash") as caught:
        verify_password("secret", stored)
    assert not stored or stored not in str(caught.value)


def test_hashes_of_other_libraries_are_verified_and_rehashed() -> None:
    hashed = hash_password("x", rounds=CHEAP)
    for version in ("$2a$", "$2y$"):
        assert verify_password("x", version + hashed[4:])
        assert needs_rehash(version + hashed[4:], rounds=CHEAP)
    assert needs_rehash(hashed)
    assert not needs_rehash(hashed, rounds=CHEAP)
    assert not needs_rehash(hash_password("x", rounds=5), rounds=CHEAP)
    assert needs_rehash("secret")


def test_an_unknown_user_takes_as_long_as_a_wrong_password() -> None:
    def seconds(hashed: str | None, password: str) -> float:
        started = time.thread_time()
        assert not verify_password(password, hashed, rounds=8)
        return time.thread_time() - started

    hashed = hash_password("right", rounds=8)
    known = min(seconds(hashed, "wrong") for _ in range(7))
    for password, stored in (("wrong", None), ("x" * 200, hashed), ("a\0b", hashed), ("", hashed)):
        assert min(seconds(stored, password) for _ in range(7)) == pytest.approx(known, rel=0.3)


def test_bcrypt_is_imported_at_the_first_call_only() -> None:
    code = "import sys, plainsql.passwords; print('bcrypt' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_without_bcrypt_the_extra_is_named() -> None:
    code = """
import sys
sys.modules["bcrypt"] = None
from plainsql.passwords import hash_password
hash_password("x")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "passwords need bcrypt: pip install 'plainsql[bcrypt]'" in done.stderr
