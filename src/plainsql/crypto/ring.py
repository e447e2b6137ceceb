"""The keys of this process, and the blind indexes that they make."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable
from typing import Final

from plainsql.crypto.blind import BlindIndex
from plainsql.crypto.envelope import index_of, prefix_of
from plainsql.crypto.providers import VARIABLE, FileKeys, GivenKeys, KeyProvider
from plainsql.crypto.text import EncryptedStr
from plainsql.errors import KeysFileError

Normalise = Callable[[str], str]


def normalised(text: str) -> str:
    """Return what a blind index is made of by default: NFKC, without case and without white space around it."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


class Keys:
    """The keys of this process: those of the provider that `use` was given, or of PLAINSQL_KEYS_FILE."""

    def __init__(self) -> None:
        self._provider: KeyProvider | None = None
        self._files: dict[str, FileKeys] = {}

    def __repr__(self) -> str:
        return f"<Keys of {self._provider or VARIABLE}>"

    @property
    def provider(self) -> KeyProvider:
        """
        Where keys come from.

        Raises:
            KeysFileError: Nobody said where, or the file can't be used.
        """
        if self._provider is not None:
            return self._provider
        path = os.environ.get(VARIABLE)
        if not path:
            raise KeysFileError(f"no keys: set {VARIABLE} to a file of keys, or call plainsql.crypto.use(provider)")
        if path not in self._files:
            self._files[path] = FileKeys(path)
        return self._files[path]

    def blind(self, column: str, value: EncryptedStr | str, *, normalise: Normalise = normalised) -> BlindIndex:
        """
        Return the blind index of a value under the current key: what is written beside it.

        Args:
            column: As in ``[tool.plainsql.types.columns]``: ``users.ssn``.
            value: What is looked for, or stored.
            normalise: Makes equal what shall be found as equal; the same one for all of a column.
        """
        return self._blind(column, value, normalise, self.provider.current())

    def blinds(self, column: str, value: EncryptedStr | str, *, normalise: Normalise = normalised) -> list[BlindIndex]:
        """Return the blind indexes of a value under each live key, for ``= ANY``: what is found while keys rotate."""
        return [self._blind(column, value, normalise, key_id) for key_id in self.provider.live()]

    def _blind(self, column: str, value: EncryptedStr | str, normalise: Normalise, key_id: str) -> BlindIndex:
        key = self.provider.key(key_id)  # before the text is revealed: its faults show no frame that holds it
        found = prefix_of(key_id) + index_of(key, column, normalise(_text(value)))
        return BlindIndex(found, column=column)


def _text(value: EncryptedStr | str) -> str:
    return value.reveal() if isinstance(value, EncryptedStr) else value


keys: Final = Keys()


def use(provider: KeyProvider | dict[str, bytes] | None) -> None:
    """
    Take keys from *provider* from now on; None: from PLAINSQL_KEYS_FILE again.

    Args:
        provider: Any KeyProvider, or keys by their ids, the first of them the current one.
    """
    keys._provider = GivenKeys(provider) if isinstance(provider, dict) else provider
