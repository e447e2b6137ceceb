"""A text that no log, traceback or repr shows."""

from __future__ import annotations

from typing import Any, Final, NoReturn, SupportsIndex

HIDDEN: Final = "***"


class EncryptedStr:
    """
    The text of an encrypted column; `reveal` alone returns it.

    Two of them are compared in constant time. It can't be pickled, so that it doesn't get into a cache, a queue or
    another process by accident; copies are the object itself, which never changes.

    Args:
        value: Any text but lone surrogates, which UTF-8 can't hold.
    """

    __slots__ = ("_text",)

    _text: str

    def __init__(self, value: str) -> None:
        if not isinstance(value, str):
            raise TypeError(f"an EncryptedStr is made of a str, found {type(value).__name__}")
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValueError("the text has a lone surrogate, which UTF-8 can't hold") from None
        object.__setattr__(self, "_text", str(value))

    def reveal(self) -> str:
        """Return the text."""
        value: str = self._text
        return value

    def __repr__(self) -> str:
        return f"EncryptedStr({HIDDEN!r})"

    def __str__(self) -> str:
        return HIDDEN

    def __format__(self, spec: str) -> str:
        return HIDDEN

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, EncryptedStr):
            return NotImplemented
        from hmac import compare_digest  # loads OpenSSL, which modules without secrets need not

        return compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash((EncryptedStr, self._text))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("an EncryptedStr never changes")

    def __copy__(self) -> EncryptedStr:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> EncryptedStr:
        return self

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError(
            "an EncryptedStr can't be pickled: it would be stored in the clear; call reveal() if you mean it"
        )

    def __getstate__(self) -> NoReturn:
        raise TypeError("the state of an EncryptedStr is its text in the clear; call reveal() if you mean it")
