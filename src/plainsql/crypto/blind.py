"""What an equality search of an encrypted column compares."""

from __future__ import annotations

from typing import Any


class BlindIndex(bytes):
    """
    An HMAC of a value, its key's id in front.

    Attributes:
        column: That it was made for; a query of another one refuses it.
    """

    column: str

    def __new__(cls, data: bytes, *, column: str) -> BlindIndex:
        """Make one of bytes that `Keys.blind` returned before."""
        made = super().__new__(cls, data)
        made.column = column
        return made

    def __repr__(self) -> str:
        return f"BlindIndex({self.column!r})"

    def __reduce__(self) -> Any:
        return _blind_index, (bytes(self), self.column)


def _blind_index(data: bytes, column: str) -> BlindIndex:
    return BlindIndex(data, column=column)
