"""
What a schema file may say in vain: who owns and who may use things, and settings of elsewhere, change no query.

Such a statement is skipped when it fails for want of a role, a right or a setting; people are told how many were.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

UNDEFINED_OBJECT = "42704"
DENIED = "42501"
NO_DATABASE = "3D000"
BAD_VALUE = "22023"
UNSUPPORTED = "0A000"
CLIENT_ENCODING = re.compile(
    r"(?:--[^\n]*\n|\s)*SET\s+(?:SESSION\s+|LOCAL\s+)?(?:client_encoding|NAMES)\b", re.IGNORECASE
)
"""Files are read and sent as text: what they say of their bytes is done already."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of statement that may fail: what people call it, how it begins, and the errors that don't matter."""

    name: str
    pattern: re.Pattern[str]
    sqlstates: frozenset[str]


def _kind(name: str, pattern: str, *sqlstates: str) -> Kind:
    return Kind(name, re.compile(rf"\s*(?:{pattern})", re.IGNORECASE | re.DOTALL), frozenset(sqlstates))


_KINDS = (
    _kind("OWNER TO", r"ALTER\b[^;]*\bOWNER\s+TO\s+\S+\Z", UNDEFINED_OBJECT, DENIED),
    _kind("ALTER DEFAULT PRIVILEGES", r"ALTER\s+DEFAULT\s+PRIVILEGES\b", UNDEFINED_OBJECT, DENIED),
    _kind("GRANT and REVOKE", r"(?:GRANT|REVOKE)\b", UNDEFINED_OBJECT, DENIED, NO_DATABASE),
    _kind("CREATE POLICY", r"(?:CREATE|ALTER)\s+POLICY\b", UNDEFINED_OBJECT, DENIED),
    _kind("SET", r"SET\s+(?!ROLE\b)(?:SESSION\s+|LOCAL\s+)?[\w.]+\s*(?:=|TO\b)", UNDEFINED_OBJECT, DENIED),
    _kind("SET", r"SET\s+default_(?:tablespace|table_access_method|toast_compression)\s*(?:=|TO\b)", BAD_VALUE),
    _kind("SET COMPRESSION", r"ALTER\s+TABLE\b[^;]*\bSET\s+COMPRESSION\s+\w+\Z", UNSUPPORTED),
    _kind("ALTER and COMMENT ON EXTENSION", r"(?:ALTER|COMMENT\s+ON)\s+EXTENSION\b", UNDEFINED_OBJECT, DENIED),
    _kind("COMMENT ON LANGUAGE", r"COMMENT\s+ON\s+(?:PROCEDURAL\s+)?LANGUAGE\b", UNDEFINED_OBJECT, DENIED),
    _kind("COMMENT ON DATABASE", r"COMMENT\s+ON\s+DATABASE\b", NO_DATABASE),
    _kind("SECURITY LABEL", r"SECURITY\s+LABEL\b", UNDEFINED_OBJECT, DENIED, BAD_VALUE),
    _kind(
        "DISABLE and ENABLE TRIGGER",
        r"ALTER\s+TABLE\b[^;]*\b(?:DISABLE|ENABLE)\s+(?:ALWAYS\s+|REPLICA\s+)?TRIGGER\s+\S+\Z",
        DENIED,
    ),
    _kind("event triggers", r"(?:CREATE|ALTER)\s+EVENT\s+TRIGGER\b", UNDEFINED_OBJECT, DENIED),
    _kind(
        "publications and subscriptions",
        r"(?:CREATE|ALTER|COMMENT\s+ON)\s+(?:PUBLICATION|SUBSCRIPTION)\b",
        UNDEFINED_OBJECT,
        DENIED,
    ),
)  # fmt: skip
_MAYBE = re.compile(r"\s*(?:ALTER|GRANT|REVOKE|CREATE|SET|COMMENT|SECURITY)\b", re.IGNORECASE)
_AUTHORIZATION = re.compile(
    r'(\s*CREATE\s+SCHEMA\s+(?:IF\s+NOT\s+EXISTS\s+)?(?!AUTHORIZATION\b)(?:"(?:[^"]|"")+"|\w+))'
    r'\s+AUTHORIZATION\s+(?:"(?:[^"]|"")+"|\w+)',
    re.IGNORECASE,
)


def may_fail(sql: str) -> bool:
    """Return whether some error of this statement might not matter: in a transaction it then needs a savepoint."""
    return _MAYBE.match(sql) is not None and any(kind.pattern.match(sql) for kind in _KINDS)


def skippable(sql: str, sqlstate: str | None) -> str | None:
    """Return what people call this statement when the error doesn't matter, else None."""
    if sqlstate is None or not _MAYBE.match(sql):
        return None
    return next((kind.name for kind in _KINDS if sqlstate in kind.sqlstates and kind.pattern.match(sql)), None)


def without_owner(sql: str, sqlstate: str | None) -> str | None:
    """Return ``CREATE SCHEMA name AUTHORIZATION role`` without the role that is not there, else None."""
    if sqlstate not in (UNDEFINED_OBJECT, DENIED):
        return None
    shorter = _AUTHORIZATION.sub(r"\1", sql, count=1)
    return shorter if shorter != sql else None


@dataclass
class Skipped:
    """Counts what was skipped, and keeps where it was first, and what else people should know."""

    _counts: dict[str, int] = field(default_factory=dict)
    _first: dict[str, str] = field(default_factory=dict)
    _remarks: list[str] = field(default_factory=list)

    def add(self, kind: str, place: str, message: str) -> None:
        """Count one statement; *place* and *message* are kept of the first of its kind."""
        self._counts[kind] = self._counts.get(kind, 0) + 1
        self._first.setdefault(kind, f"{place}: {message}")

    def knows(self, kind: str) -> bool:
        """Return whether one of this kind was counted already."""
        return kind in self._counts

    def remark(self, text: str) -> None:
        """Keep a line of its own."""
        self._remarks.append(text)

    def notes(self) -> list[str]:
        """Return a line for each kind, and every remark."""
        skipped = [
            f"skipped {kind}, {count} {'statement' if count == 1 else 'statements'}; the first is {self._first[kind]}"
            for kind, count in self._counts.items()
        ]
        return [*skipped, *self._remarks]
