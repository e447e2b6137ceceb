"""PostgreSQL's own lexer (libpg_query) over a stretch of a file; the only module that knows the binding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

if TYPE_CHECKING:
    # Its stub is no valid Python; read by mypy it would stop the check of every project that imports plainsql.
    postgast: Any
    KeywordKind: Any
    TokenCode: Any
else:
    import postgast
    from postgast.pg_query_pb2 import KeywordKind
    from postgast.pg_query_pb2 import Token as TokenCode

TokenKind = Literal[
    "name", "quoted", "keyword", "reserved", "string", "number", "param", "line_comment", "block_comment", "symbol"
]


class Token(NamedTuple):
    """
    One token.

    Attributes:
        kind: ``name`` is a bare identifier, ``keyword`` one that may also be a column's name, ``param`` is ``$1``.
        start: Character offset of its first character.
        end: Character offset after its last one.
    """

    kind: TokenKind
    start: int
    end: int

    @property
    def is_comment(self) -> bool:
        """Whether it is no SQL."""
        return self.kind in ("line_comment", "block_comment")


class LexicalError(ValueError):
    """
    Text that has no tokens, such as an open quote.

    Attributes:
        offset: Character offset of the fault.
        message: As PostgreSQL words it, without the text that follows.
    """

    def __init__(self, offset: int, message: str) -> None:
        super().__init__(message)
        self.offset = offset
        self.message = message


_KINDS: Final[dict[int, TokenKind]] = {
    TokenCode.IDENT: "name",
    TokenCode.UIDENT: "quoted",
    TokenCode.SCONST: "string",
    TokenCode.USCONST: "string",
    TokenCode.BCONST: "string",
    TokenCode.XCONST: "string",
    TokenCode.ICONST: "number",
    TokenCode.FCONST: "number",
    TokenCode.PARAM: "param",
    TokenCode.SQL_COMMENT: "line_comment",
    TokenCode.C_COMMENT: "block_comment",
}


def scan(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """
    Return the tokens of ``text[start:end]``, comments included.

    Args:
        text: A whole file, so that offsets need no translation.
        start: First character to read.
        end: Character to stop before; the end of *text* if not given.

    Raises:
        LexicalError: The text has no tokens.
    """
    part = text[start:end]
    nul = part.find("\0")
    if nul >= 0:  # the C library would stop here without a word
        raise LexicalError(start + nul, "a NUL character")
    try:
        found = postgast.scan(part).tokens
    except UnicodeEncodeError as error:
        raise LexicalError(start + error.start, "a character that is not valid Unicode") from None
    except postgast.PgQueryError as error:
        offset = min(max(error.cursorpos - 1, 0), len(part))  # in characters, unlike the tokens' offsets
        raise LexicalError(start + offset, error.message.partition(" at or near ")[0]) from None
    offsets = None if part.isascii() else _character_offsets(part)
    tokens = []
    for raw in found:
        first, last = raw.start, raw.end
        if offsets is not None:
            first, last = offsets[first], offsets[last]
        kind = _KINDS.get(raw.token)
        if kind is None:
            word = raw.keyword_kind
            kind = "symbol" if not word else "reserved" if word == KeywordKind.RESERVED_KEYWORD else "keyword"
        elif kind == "name" and part[first] == '"':
            kind = "quoted"
        tokens.append(Token(kind, start + first, start + last))
    return tokens


def _character_offsets(text: str) -> list[int]:
    """Return, for each byte of *text* in UTF-8 and the end, the offset of its character."""
    offsets = [index for index, char in enumerate(text) for _ in range(len(char.encode()))]
    offsets.append(len(text))
    return offsets
