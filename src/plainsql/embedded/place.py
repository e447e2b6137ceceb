"""The folders of an embedded server: a private one for its data, another with a short path for its socket."""

from __future__ import annotations

import hashlib
import os
import secrets
import shlex
import shutil
import stat
import sys
import tempfile
from pathlib import Path

from plainsql.embedded.guard import guard_is_alive
from plainsql.embedded.owner import SYSTEM_FOLDER, Owner
from plainsql.errors import EmbeddedServerError

SOCKET_BASES = ("/tmp", "/var/tmp", "/run", "/dev/shm")
MOVED = "elsewhere"


def make_home(folder: Path, owner: Owner) -> Path:
    """
    Make the private folder of a server, or find it; no folder above it is touched.

    Returns:
        *folder*; where the server's user can't enter it, one below /var/lib/plainsql that the link ``elsewhere`` names.

    Raises:
        EmbeddedServerError: A folder can't be made, or belongs to somebody else.
    """
    folder = folder.absolute()
    try:
        folder.parent.mkdir(mode=0o755, parents=True, exist_ok=True)  # whatever the umask, nobody else writes here
        _make_private(folder, owner)
        return folder if not owner.differs or owner.can_enter(folder.parent) else _elsewhere(folder, owner)
    except OSError as error:
        found = next(path for path in folder.parents if os.path.exists(path))
        raise EmbeddedServerError(
            f"can't use {folder} for an embedded server ({error.strerror}): "
            f"make {found} writable for user {owner.name}, or set DATABASE_URL"
        ) from error


def _make_private(folder: Path, owner: Owner) -> None:
    """Make a folder of mode 0700 that is *owner*'s."""
    if owner.differs and folder.parent.name == ".plainsql" and not any(folder.parent.iterdir()):
        owner_of_project = folder.parent.parent.stat().st_uid
        if owner_of_project == owner.uid:
            owner.give(folder.parent)
    try:
        folder.mkdir(mode=0o700)
        owner.give(folder)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode):
            raise EmbeddedServerError(f"{folder} is not a folder") from None
        if found.st_uid != owner.uid and not (owner.differs and found.st_uid == 0):
            advice = f"run as that user, or: sudo rm -r {shlex.quote(str(folder))}"
            raise EmbeddedServerError(
                f"{folder} belongs to user id {found.st_uid}, not {owner.uid}: {advice}"
            ) from None
        if found.st_uid != owner.uid:
            owner.give(folder)
        if found.st_mode & 0o077:
            folder.chmod(0o700)


def _elsewhere(folder: Path, owner: Owner) -> Path:
    """Return the folder that stands in for one the server's user can't enter."""
    link = folder / MOVED
    if link.is_symlink() and link.readlink().parent == SYSTEM_FOLDER and link.is_dir():
        return link.readlink()
    home = SYSTEM_FOLDER / f"server-{secrets.token_hex(8)}"
    try:
        SYSTEM_FOLDER.mkdir(mode=0o755, exist_ok=True)
        _make_private(home, owner)
    except OSError as error:
        raise EmbeddedServerError(
            f"user {owner.name} can't enter {folder} and {home} can't be made ({error.strerror}): "
            "move the project out of the closed folder, run as another user, or set DATABASE_URL"
        ) from error
    link.unlink(missing_ok=True)
    link.symlink_to(home)
    _sweep()
    (home / "origin").write_text(str(link), encoding="utf-8")
    print(f"plainsql: user {owner.name} can't enter {folder}; its data stands in {home}", file=sys.stderr)
    return home


def _sweep() -> None:
    """Remove what stands in for temporary folders that are gone."""
    temporary = {"/tmp", "/var/tmp", tempfile.gettempdir()}
    for home in SYSTEM_FOLDER.glob("server-*"):
        try:
            link = Path((home / "origin").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        wanted = link.is_symlink() and link.readlink() == home
        if not wanted and any(link.is_relative_to(base) for base in temporary) and not guard_is_alive(home):
            shutil.rmtree(home, ignore_errors=True)


def socket_folder(home: Path, owner: Owner) -> Path:
    """Return a private folder whose name follows from *home*, so that it is found again and never shared."""
    found = home.stat()
    key = hashlib.sha256(f"{found.st_dev}:{found.st_ino}:{home}".encode()).hexdigest()[:12]
    for base in SOCKET_BASES:
        folder = Path(base) / f"plainsql-{owner.uid}-{key}"
        try:
            folder.mkdir(mode=0o700)
            owner.give(folder)
        except FileExistsError:
            pass
        except OSError:
            continue
        seen = folder.lstat()
        if stat.S_ISDIR(seen.st_mode) and seen.st_uid == owner.uid and not seen.st_mode & 0o077:
            return folder
    raise EmbeddedServerError(
        f"no folder {folder.name} for sockets can be made in any of {', '.join(SOCKET_BASES)}: "
        "they are not writable or another user made it there; remove it, or set DATABASE_URL"
    )
