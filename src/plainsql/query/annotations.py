"""Python types as a query file names them: ``int``, ``list[str]``, ``shop.types.Metadata``."""

from __future__ import annotations

import ast
import builtins
import json
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from plainsql.query.source import closest

PLAIN: Final = ("bool", "bytes", "float", "int", "object", "str")
GENERIC: Final = ("dict", "frozenset", "list", "set", "tuple")
BUILT_IN: Final = (*PLAIN, *GENERIC)
"""Built-in names that a type may be made of; any other name has its module before it."""

_LITERAL: Final = "typing.Literal"
_LONGEST: Final = 500


@dataclass(frozen=True, slots=True)
class Dotted:
    """A name with the module it is in before it; *module* is known once somebody has looked for it."""

    text: str
    module: str = ""


@dataclass(frozen=True, slots=True)
class Annotation:
    """
    A Python type.

    Attributes:
        parts: Its source: text as it is, and names of modules' own.
        heads: The outermost name of each of its choices: ``dict``, ``shop.types.Metadata``, ``None``.
    """

    parts: tuple[str | Dotted, ...]
    heads: tuple[str, ...]

    def __str__(self) -> str:
        return self.spelled(lambda name: name.text)

    @property
    def takes_none(self) -> bool:
        """Whether ``None`` is one of its choices."""
        return "None" in self.heads

    @property
    def names(self) -> tuple[Dotted, ...]:
        """The names of modules' own, each once."""
        return tuple(dict.fromkeys(part for part in self.parts if isinstance(part, Dotted)))

    def spelled(self, spell: Callable[[Dotted], str]) -> str:
        """Return its source with *spell* deciding how a module's name is written."""
        return "".join(part if isinstance(part, str) else spell(part) for part in self.parts)

    def located(self, module_of: Callable[[str], str]) -> Annotation:
        """Return it with the module of each name, as *module_of* finds it."""
        parts = [part if isinstance(part, str) else Dotted(part.text, module_of(part.text)) for part in self.parts]
        return Annotation(tuple(parts), self.heads)


class AnnotationError(ValueError):
    """A text that is no type; *hint* says what to write."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def read_annotation(text: str) -> Annotation:
    """
    Return the type that *text* names; nothing is imported or run.

    Raises:
        AnnotationError: It names none.
    """
    if len(text) > _LONGEST:
        raise AnnotationError(f"a type of {len(text)} characters", "give it a name in a module, and write that")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the parser, about a backslash
            node = ast.parse(text.strip(), mode="eval").body
        parts = _joined(_parts(node))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        if isinstance(error, AnnotationError):
            raise
        hint = "write a type such as int, list[str] or shop.types.Metadata; a reason goes to @why"
        raise AnnotationError(f"'{text}' is no Python type", hint) from None
    if parts == ("None",):
        raise AnnotationError("None alone is no type", "write what it is when it isn't None")
    return Annotation(parts, tuple(_heads(node)))


def _parts(node: ast.expr) -> Iterator[str | Dotted]:
    match node:
        case ast.Constant(value=None):
            yield "None"
        case ast.Name(id=name) if name in PLAIN:
            yield name
        case ast.Name(id=name) if name in GENERIC:
            example = "dict[str, int]" if name == "dict" else f"{name}[str]"
            raise AnnotationError(f"'{name}' doesn't say of what", f"write {example}, for example")
        case ast.Name(id=name):
            near = closest(name.lower(), BUILT_IN)
            hint = f"did you mean '{near}'?" if near else f"write its module before it: shop.types.{name}"
            raise AnnotationError(f"'{name}' is not built in", hint)
        case ast.Attribute():
            yield Dotted(_dotted(node))
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            yield from _parts(left)
            yield " | "
            yield from _parts(right)
        case ast.Subscript(value=ast.Name(id=name)) if name in PLAIN:
            raise AnnotationError(f"'{ast.unparse(node)}' is no Python type", f"'{name}' has nothing inside")
        case ast.Subscript(value=ast.Name() | ast.Attribute() as value, slice=inside):
            yield from [value.id] if isinstance(value, ast.Name) and value.id in GENERIC else _parts(value)
            items = inside.elts if isinstance(inside, ast.Tuple) else [inside]
            if not items:
                raise AnnotationError(f"'{ast.unparse(node)}' is no Python type", "write what is inside of []")
            is_literal = isinstance(value, ast.Attribute) and _dotted(value) == _LITERAL
            for number, item in enumerate(items):
                yield ", " if number else "["
                yield from _literal(item) if is_literal else _argument(item)
            yield "]"
        case _:
            raise ValueError


def _argument(node: ast.expr) -> Iterator[str | Dotted]:
    if isinstance(node, ast.Constant) and node.value is Ellipsis:
        yield "..."
    else:
        yield from _parts(node)


def _literal(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str() as value):
            yield json.dumps(value, ensure_ascii=False) if value.isprintable() else repr(value)
        case ast.Constant(value=bool() | int() | None as value):
            yield repr(value)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as value)) if not isinstance(value, bool):
            yield f"-{value}"
        case _:
            raise ValueError


def _dotted(node: ast.expr) -> str:
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.insert(0, node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or hasattr(builtins, node.id):
        raise ValueError
    return ".".join((node.id, *names))


def _heads(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.BinOp(left=left, right=right):
            yield from _heads(left)
            yield from _heads(right)
        case ast.Subscript(value=value):
            yield from _heads(value)
        case _:
            yield ast.unparse(node)


def _joined(parts: Iterator[str | Dotted]) -> tuple[str | Dotted, ...]:
    """Return *parts* with neighbouring texts as one."""
    found: list[str | Dotted] = []
    for part in parts:
        if isinstance(part, str) and found and isinstance(found[-1], str):
            found[-1] += part
        else:
            found.append(part)
    return tuple(found)
