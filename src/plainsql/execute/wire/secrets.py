"""Encrypted columns and their blind indexes: bytea whose arguments are an EncryptedStr, or a BlindIndex."""

from __future__ import annotations

from typing import Any, ClassVar, Final, NamedTuple

from psycopg.abc import Transformer
from psycopg.pq import Format

from plainsql.crypto.blind import BlindIndex
from plainsql.crypto.text import EncryptedStr
from plainsql.execute.arguments import in_words
from plainsql.execute.wire.builtin import Builtin
from plainsql.execute.wire.codec import Dump

_BYTEA: Final = 17


class Secret(NamedTuple):
    """
    An argument that is encrypted before it is sent, or a column that is decrypted when it is read.

    Attributes:
        column: As in ``[tool.plainsql.types.columns]``: ``users.ssn``.
        position: Among the parameters, or the columns of the result.
        aad: Positions of the values that it is bound to.
        is_index: It is a blind index, which goes as it is.
    """

    column: str
    position: int
    aad: tuple[int, ...] = ()
    is_index: bool = False


class _Bytea(Builtin):
    takes: ClassVar[type] = object

    def __init__(self) -> None:
        super().__init__(_BYTEA)
        self.expected = f"{'an' if self.takes is EncryptedStr else 'a'} {self.takes.__name__}"

    def fits(self, value: Any) -> bool:
        """Tell whether it is what the application gives."""
        return isinstance(value, self.takes)

    def found(self, value: Any) -> str:
        """Say what was given instead, without the value."""
        return in_words(value)

    def dumper(self, tx: Transformer, format: Format) -> Dump:
        """Return a function that writes ciphertext, and nothing else."""
        dump = super().dumper(tx, format)

        def dump_bytes(value: Any) -> Any:
            if not isinstance(value, bytes):
                raise TypeError("it was not encrypted")
            return dump(value)

        return dump_bytes


class Sealed(_Bytea):
    """An encrypted value."""

    takes = EncryptedStr


class Blind(_Bytea):
    """A blind index."""

    takes = BlindIndex


SEALED: Final = Sealed()
BLIND: Final = Blind()
