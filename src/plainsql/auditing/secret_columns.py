"""Which columns are taken for secret unless somebody says otherwise: by their names, or by a type that encrypts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from itertools import pairwise

from plainsql.auditing.table import Column
from plainsql.column_types import ColumnSetting
from plainsql.custom_types import TypeSetting

_WORDS = frozenset(
    re.findall(
        r"\w+",
        "password passwd passphrase pwd pin otp totp mfa secret secrets token tokens credential credentials salt ssn "
        "bidx cvv cvc iban apikey",
    )
)
_PAIRS = frozenset(
    re.findall(
        r"\w+",
        "api_key private_key secret_key access_key signing_key encryption_key license_key card_number account_number "
        "security_code recovery_code recovery_codes backup_codes passport_number tax_id social_security",
    )
)
_BOUNDARY = re.compile(r"[^a-zA-Z0-9]+|(?<=[a-z0-9])(?=[A-Z])")


def is_secret_name(column: str) -> bool:
    """Return whether a column of this name is likely to hold a secret: ``password_hash``, ``ssn``, ``apiKey``."""
    words = [word.lower() for word in _BOUNDARY.split(column) if word]
    pairs = {"_".join(pair) for pair in pairwise(words)}
    return not _WORDS.isdisjoint(words) or not _PAIRS.isdisjoint(pairs)


def is_secret(table: str, column: Column, encrypted: Set[str]) -> bool:
    """Return whether a column is taken for secret: by its name, or since the project encrypts it."""
    return is_secret_name(column.name) or column.type in encrypted or f"{table}.{column.name}" in encrypted


def encrypted(types: Iterable[TypeSetting], columns: Iterable[ColumnSetting]) -> frozenset[str]:
    """
    Return what a project encrypts.

    Types of the database for which it has a class ``Encrypted…``, and columns as ``orders.card``, or with the schema
    outside of public: those that it declares to be encrypted, and their blind indexes, which tell equal values.
    """
    found = {setting.name for setting in types if setting.python.rpartition(".")[2].startswith("Encrypted")}
    for setting in columns:
        if setting.is_secret:
            table = setting.table.removeprefix("public.")
            found |= {f"{table}.{setting.column}", f"{table}.{setting.blind_index}"}
    return frozenset(found)
