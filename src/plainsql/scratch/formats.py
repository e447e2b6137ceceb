"""Files that are no script for PostgreSQL, told by how they begin, and what to do with each."""

from __future__ import annotations

import re

HEAD = 8192
"""Characters or bytes that say what a file is."""

_BINARY = (
    (b"PGDMP", "is a dump in pg_dump's custom format: make it text with pg_restore --schema-only -f schema.sql FILE"),
    (b"SQLite format 3\0", "is an SQLite database: plainsql describes queries for PostgreSQL"),
    (b"\x1f\x8b", "is compressed with gzip: unpack it first"),
    (b"BZh", "is compressed with bzip2: unpack it first"),
    (b"\xfd7zXZ\0", "is compressed with xz: unpack it first"),
    (b"\x28\xb5\x2f\xfd", "is compressed with zstd: unpack it first"),
    (b"\x04\x22\x4d\x18", "is compressed with lz4: unpack it first"),
    (b"PK\x03\x04", "is a zip archive: unpack it first"),
)
_TAR = "is a tar archive: a dump in pg_dump's tar format becomes text with pg_restore --schema-only -f schema.sql FILE"

_TOOLS = (
    (r"^-- (?:MySQL|MariaDB) dump\b|^/\*M?!\d{5,6} ", "a dump of MySQL or MariaDB"),
    (r"^-- phpMyAdmin SQL Dump\b|\bENGINE\s*=\s*(?:InnoDB|MyISAM)\b", "written for MySQL"),
    (r"^PRAGMA\s+\w+\s*=|\bINTEGER PRIMARY KEY AUTOINCREMENT\b", "written for SQLite"),
    (r"^(?:SET (?:ANSI_NULLS|QUOTED_IDENTIFIER) ON|USE \[[^\]\n]+\])[\s;]*$", "written for SQL Server"),
    (r"^(?:SET DEFINE OFF|PROMPT )|\bVARCHAR2\s*\(", "written for Oracle"),
)
_OTHER = tuple((re.compile(pattern, re.IGNORECASE | re.MULTILINE), what) for pattern, what in _TOOLS)
_COMMENT = re.compile(r"--(?! (?:MySQL|MariaDB) dump|\sphpMyAdmin)[^\n]*")
_CLUSTER = re.compile(r"^-- PostgreSQL database cluster dump\b", re.MULTILINE)
CLUSTER_ADVICE = "dump one database with pg_dump --schema-only DBNAME instead"


def binary_fault(head: bytes) -> str | None:
    """Return why a file that begins with *head* can't be read as text, and what to do; None when it may be text."""
    for magic, message in _BINARY:
        if head.startswith(magic):
            return message
    return _TAR if head[257:262] == b"ustar" else None


def foreign_fault(head: str) -> str | None:
    """Return why a text that begins with *head* is no script for PostgreSQL; None when it may be one."""
    if _CLUSTER.search(head):
        return f"is a dump of a whole server by pg_dumpall, with its roles and databases: {CLUSTER_ADVICE}"
    code = _COMMENT.sub("", head)
    for pattern, what in _OTHER:
        if pattern.search(code):
            return f"is {what}, and not for PostgreSQL"
    return None
