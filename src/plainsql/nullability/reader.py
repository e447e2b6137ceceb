"""
Read the server's text form of a tree (pg_node_tree: pg_proc.prosqlbody, pg_rewrite.ev_action).

The grammar is that of nodes/outfuncs.c and nodes/read.c: tokens end at white space or one of ``(){}``, a backslash
takes the next character as it is, ``<>`` is NULL, ``""`` the empty string, and a Const's value is ``length [ bytes ]``.
Unknown nodes and fields are read like known ones, so a newer server's tree is still read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from plainsql.errors import PlainSQLError
from plainsql.nullability.node import Node, Value

_TOKEN = re.compile(r"[(){}]|(?:\\.|[^\s(){}\\])+", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


class ReaderError(PlainSQLError, ValueError):
    """The text is not a tree of nodes."""


def read_tree(text: str) -> Value:
    """Return the value that *text* holds; raise ReaderError when it holds none."""
    root: list[Value] = []
    stack: list[tuple[Node | list[Value], str | None]] = []
    holder: Node | list[Value] = root
    field: str | None = None  # of holder, when its value comes next
    tokens = iter(_TOKEN.findall(text))
    for token in tokens:
        if token in ("{", "("):
            value: Node | list[Value]
            if token == "{":
                tag = next(tokens, "")
                if not tag or tag in "(){}":
                    raise ReaderError("a node has no tag")
                value = Node(tag)
            else:
                value = []
            _put(holder, field, value)
            stack.append((holder, field))
            holder, field = value, None
        elif token in ("}", ")"):
            if not stack or isinstance(holder, Node) != (token == "}"):
                raise ReaderError(f"{token} closes nothing")
            holder, field = stack.pop()
            field = None
        elif isinstance(holder, Node) and field is None:
            if token == "[":
                _read_bytes(holder, tokens)
            elif token[0] == ":":
                field = token[1:]
        else:
            _put(holder, field, _scalar(token, in_list=isinstance(holder, list)))
            field = None
    if stack or len(root) != 1:
        raise ReaderError("the text ends inside a node" if stack else "one node was expected")
    return root[0]


def read_query(text: str) -> Node:
    """Return the only Query of a function's body (a list of lists) or of a rule's action (a list)."""
    value = read_tree(text)
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, Node) or value.tag != "QUERY":
        raise ReaderError("one QUERY was expected")
    return value


def _put(holder: Node | list[Value], field: str | None, value: Value) -> None:
    if isinstance(holder, list):
        holder.append(value)
    elif field is not None:
        holder.fields[field] = value


def _scalar(token: str, *, in_list: bool) -> str | None:
    if token == "<>":
        return None
    if token == '""':
        return ""
    if in_list and len(token) > 1 and token[0] == token[-1] == '"':
        token = token[1:-1]
    return _ESCAPE.sub(r"\1", token) if "\\" in token else token


def _read_bytes(node: Node, tokens: Iterator[str]) -> None:
    """Replace the field read last, a length, by the bytes that follow it."""
    found = []
    for token in tokens:
        if token == "]":
            break
        try:
            found.append(int(token) & 0xFF)
        except ValueError:
            raise ReaderError("a byte array holds something else") from None
    else:
        raise ReaderError("a byte array has no end")
    if node.fields:
        node.fields[next(reversed(node.fields))] = bytes(found)
