"""Which OS user an embedded server runs as: never root, without adding a user or opening a folder to others."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from plainsql.errors import EmbeddedServerError

UNPRIVILEGED = ("postgres", "nobody")
SYSTEM_FOLDER = Path("/var/lib/plainsql")
"""Where root puts what the server's user can't reach below a closed folder."""


@dataclass(frozen=True, slots=True)
class Owner:
    """
    An OS user.

    Attributes:
        name: Login name.
        uid: User id.
        gid: Main group.
        differs: Whether it is another user than this process's.
    """

    name: str
    uid: int
    gid: int
    differs: bool

    def can_enter(self, folder: Path) -> bool:
        """Tell whether every folder on the way to *folder* lets this user pass."""
        resolved = folder.resolve()
        return all(self._may(path, 0o1) for path in (resolved, *resolved.parents) if path.exists())

    def can_run(self, program: Path) -> bool:
        """Tell whether this user can start a program; tried, since rights have more sources than mode bits."""
        try:
            done = subprocess.run(
                [str(program), "--version"],
                user=self.uid,
                group=self.gid,
                extra_groups=[],
                cwd="/",
                capture_output=True,
                check=False,
            )
        except OSError:
            return False
        return done.returncode == 0

    def give(self, path: Path) -> None:
        """Make *path* this user's own; a link itself, not its target."""
        if self.differs:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def _may(self, path: Path, bit: int) -> bool:
        found = path.stat()
        shift = 6 if found.st_uid == self.uid else 3 if found.st_gid == self.gid else 0
        return bool(found.st_mode >> shift & bit)


def server_owner(folder: Path) -> Owner:
    """
    Return the user for a server in *folder*: this one; for root the folder's owner, else an unprivileged user.

    Raises:
        EmbeddedServerError: Nobody fits.
    """
    uid = os.geteuid()
    if uid != 0:
        try:
            entry = pwd.getpwuid(uid)
        except KeyError:
            raise EmbeddedServerError(
                f"user id {uid} has no name in /etc/passwd, PostgreSQL needs one: "
                "run as a named user, or set DATABASE_URL"
            ) from None
        return Owner(entry.pw_name, uid, entry.pw_gid, differs=False)
    for path in (folder / "data", folder, folder.parent, folder.parent.parent):
        try:
            owner = path.stat().st_uid
            entry = pwd.getpwuid(owner)
        except (OSError, KeyError):
            continue
        if owner != 0:
            return Owner(entry.pw_name, owner, entry.pw_gid, differs=True)
        if path == folder.parent and path.name != ".plainsql":
            break
    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Owner(name, entry.pw_uid, entry.pw_gid, differs=True)
    raise EmbeddedServerError(
        "PostgreSQL does not run as root and there is no user 'postgres' or 'nobody': "
        "run as another user, or set DATABASE_URL"
    )


def name_of(uid: int) -> str | None:
    """Return a user's login name, or None without one."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return None
