"""Extensions that schema files ask for: who may make them, and what comes with which."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

WAYS_OUT = "name a server that has it with --scratch DSN or PLAINSQL_SCRATCH_URL"

_SAFE = re.compile(
    r"(?:amcheck|autoinc|bloom|btree_gin|btree_gist|citext|cube|dict_int|earthdistance|fuzzystrmatch|hstore"
    r"|insert_username|intagg|intarray|isn|lo|ltree|moddatetime|pg_buffercache|pg_freespacemap|pg_stat_statements"
    r"|pg_trgm|pg_visibility|pgcrypto|pgrowlocks|pgstattuple|postgis|postgis_topology|refint|seg|tablefunc|tcn"
    r"|tsm_system_rows|tsm_system_time|unaccent|uuid-ossp|vector)\Z"
)
"""Those that give who may use them nothing outside of his own database, neither files nor programs nor a network."""

_CREATE = re.compile(
    r"^\s*CREATE\s+EXTENSION\s+(?:IF\s+NOT\s+EXISTS\s+)?(?P<name>\"[^\"\n]+\"|[\w-]+)"
    r"(?:\s+WITH)?(?:\s+SCHEMA\s+(?P<schema>\"[^\"\n]+\"|\w+))?",
    re.IGNORECASE | re.MULTILINE,
)
_UNAVAILABLE = re.compile(r'extension "(?P<name>[^"]+)" is not available')
_UNKNOWN = re.compile(
    r"(?:type|function|operator class|operator family|access method|data type|text search dictionary) "
    r"[\"«„]?(?:[\w\"]+\.)?\"?(?P<name>\w+)"
)

_PARTS = {
    "citext": "citext",
    "cube": "cube",
    "earthdistance": "earth earth_distance ll_to_earth",
    "fuzzystrmatch": "levenshtein soundex metaphone dmetaphone daitch_mokotoff",
    "hstore": "hstore",
    "intarray": "gin__int_ops gist__int_ops gist__intbig_ops query_int",
    "isn": "ean13 isbn isbn13 issn",
    "ltree": "ltree lquery ltxtquery subpath nlevel",
    "pg_cron": "schedule",
    "pg_trgm": "gin_trgm_ops gist_trgm_ops similarity word_similarity show_trgm",
    "pgcrypto": "crypt gen_salt digest hmac gen_random_bytes pgp_sym_encrypt pgp_sym_decrypt pgp_pub_encrypt armor",
    "postgis": "geometry geography box2d box3d st_makepoint st_setsrid st_distance st_dwithin st_geomfromtext",
    "tablefunc": "crosstab connectby normal_rand",
    "timescaledb": "create_hypertable time_bucket",
    "unaccent": "unaccent",
    "uuid-ossp": "uuid_generate_v1 uuid_generate_v1mc uuid_generate_v3 uuid_generate_v4 uuid_generate_v5 uuid_nil",
    "vector": "vector halfvec sparsevec hnsw ivfflat vector_cosine_ops vector_l2_ops vector_ip_ops",
}
_ORIGIN = {part: extension for extension, parts in _PARTS.items() for part in parts.split()}


@dataclass(frozen=True, slots=True)
class Wanted:
    """An extension that a file makes, and the schema it goes to if the file says so."""

    name: str
    schema: str | None


def is_safe(name: str) -> bool:
    """Return whether an extension may be made for a file that nobody vouches for."""
    return _SAFE.match(name) is not None


def wanted_extensions(texts: Iterable[str]) -> list[Wanted]:
    """Return what the CREATE EXTENSION statements of *texts* ask for, in order."""
    return [
        Wanted(unquoted(found["name"]), unquoted(found["schema"]) if found["schema"] else None)
        for text in texts
        for found in _CREATE.finditer(text)
    ]


def created_extension(sql: str) -> str | None:
    """Return the extension that a statement makes, or None."""
    found = _CREATE.match(sql)
    return unquoted(found["name"]) if found else None


def missing_extension(message: str) -> str | None:
    """Return the extension that a server's message says it doesn't have; a DO block may have asked for it."""
    found = _UNAVAILABLE.search(message)
    return found["name"] if found else None


def origin(message: str) -> str | None:
    """Return the extension that brings what a server's message calls unknown: a type, a function, an operator class."""
    found = _UNKNOWN.search(message)
    return _ORIGIN.get(found["name"].lower()) if found else None


def unquoted(word: str) -> str:
    """Return the name that a word stands for."""
    return word[1:-1] if word.startswith('"') else word.lower()
