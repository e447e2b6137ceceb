"""Where one statement of a text ends and the next begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from plainsql.query.lexer import Token

_ROUTINES: Final = ("function", "procedure")


def split_statements(text: str, tokens: Sequence[Token]) -> list[list[Token]]:
    """
    Return the tokens of each statement, without semicolons and empty statements.

    A semicolon inside parentheses or inside the ``BEGIN ATOMIC`` body of a routine ends nothing; psql reads them so.
    """
    statements: list[list[Token]] = []
    current: list[Token] = []
    words: list[str] = []  # the first words, enough to see CREATE OR REPLACE FUNCTION
    depth = atomic = 0
    for token in tokens:
        if token.is_comment:
            continue
        if token.kind == "symbol":
            char = text[token.start : token.end]
            if char == ";" and depth == 0 and atomic == 0:
                if current:
                    statements.append(current)
                current, words = [], []
                continue
            depth = max(0, depth + (char == "(") - (char == ")"))
        elif token.kind in ("keyword", "reserved", "name"):
            word = text[token.start : token.end].lower()
            if len(words) < 4:
                words.append(word)
            if word in ("begin", "case", "end") and words[0] == "create" and any(w in _ROUTINES for w in words):
                if word == "end":
                    atomic = max(0, atomic - 1)
                elif word == "begin" or atomic:
                    atomic += 1
        current.append(token)
    if current:
        statements.append(current)
    return statements
