"""Which columns are taken for secret unless somebody says otherwise: by their names, or by a type that encrypts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

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


def encrypting_types(settings: Iterable[TypeSetting]) -> frozenset[str]:
    """Return the types of the database for which a project has a class that encrypts: ``shop.crypto.EncryptedStr``."""
    return frozenset(setting.name for setting in settings if setting.python.rpartition(".")[2].startswith("Encrypted"))
