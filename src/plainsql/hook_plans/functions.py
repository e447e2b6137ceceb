"""Hook functions as their source declares them: parameters, annotations, what they return."""

from __future__ import annotations

import ast
import builtins
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from plainsql.hook_plans.source import Def, Found, Module, Source
from plainsql.query.annotations import Annotation, Dotted
from plainsql.query.hooks import Word

SLOW: Final = "plainsql.hooks.slow"

_PLACE: Final = re.compile(r"plainsql_name_(\d+)_")
_SINGLE: Final = re.compile(r"'([^'\"\\]*)'")


class HookError(ValueError):
    """A function that can't be the hook it is named as; *hint* says what to write, *word* where it shows."""

    def __init__(self, message: str, hint: str | None = None, word: Word | None = None) -> None:
        super().__init__(message)
        self.hint = hint
        self.word = word


@dataclass(frozen=True, slots=True)
class HookParameter:
    """
    One parameter of a hook.

    Attributes:
        name: As declared.
        annotation: Its type, names of modules' own with their modules; None: it has none.
        has_default: A call may leave it out.
        is_keyword: A call must name it.
    """

    name: str
    annotation: Annotation | None
    has_default: bool
    is_keyword: bool

    @property
    def takes_none(self) -> bool:
        """Whether None is of its type."""
        heads = self.annotation.heads if self.annotation else ()
        return bool({"None", "object", "typing.Any", "typing.Optional"} & set(heads))


@dataclass(frozen=True, slots=True)
class HookFunction:
    """
    A hook.

    Attributes:
        name: In the hooks module.
        file: Where it is defined.
        line: The line of its def.
        parameters: In order, keyword-only ones last.
        takes_any: It has ``*args``.
        returns: The type of its result; None: it is not annotated.
        is_async: It is a coroutine function.
        is_slow: It is decorated ``@plainsql.hooks.slow``.
        node: Its def, for what it calls.
        module: In which that is.
    """

    name: str
    file: Path
    line: int
    parameters: tuple[HookParameter, ...]
    takes_any: bool
    returns: Annotation | None
    is_async: bool
    is_slow: bool
    node: Def
    module: Module

    @property
    def returns_none(self) -> bool:
        """Whether it returns nothing but None."""
        return self.returns is not None and self.returns.parts == ("None",)

    @property
    def signature(self) -> str:
        """What generated code depends on, as text."""
        given = [f"{p.name}{'*' * p.is_keyword}{'=' * p.has_default}: {p.annotation}" for p in self.parameters]
        marks = f"{'async ' * self.is_async}{'slow ' * self.is_slow}{'*args ' * self.takes_any}"
        return f"{marks}{self.name}({', '.join(given)}) -> {self.returns}"


def read_function(source: Source, module: Module, name: str, found: Found) -> HookFunction:
    """
    Return the hook behind *name* of *module*.

    Raises:
        HookError: It is no function, or not one whose types can be read.
    """
    node, home = found.node, found.module
    if home.fault:
        raise HookError(f"hook '{name}' can't be read: {home.fault}")
    if not isinstance(node, Def):
        kind = "a class" if isinstance(node, ast.ClassDef) else "no def"
        raise HookError(f"'{name}' in {module.name} is {kind}", f"write def {name}(…) with its types")
    assert home.path is not None  # it has been read
    given = node.args
    positional = [*given.posonlyargs, *given.args]
    without = len(positional) - len(given.defaults)
    read = Annotations(source, home)
    parameters = [
        HookParameter(arg.arg, read.optional(arg.annotation), number >= without, False)
        for number, arg in enumerate(positional)
    ] + [
        HookParameter(arg.arg, read.optional(arg.annotation), default is not None, True)
        for arg, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)
    ]
    return HookFunction(
        name,
        home.path,
        node.lineno,
        tuple(parameters),
        given.vararg is not None,
        read.optional(node.returns),
        isinstance(node, ast.AsyncFunctionDef),
        any(_is_slow(source, home, decorator) for decorator in node.decorator_list),
        node,
        home,
    )


def _is_slow(source: Source, module: Module, decorator: ast.expr) -> bool:
    return source.full_name(module, ast.unparse(decorator).split(".")) in (SLOW, "plainsql.hooks.runtime.slow")


class Annotations:
    """Reads the annotations of one module so that another module can write them down."""

    def __init__(self, source: Source, module: Module) -> None:
        self._source = source
        self._module = module

    def optional(self, node: ast.expr | None) -> Annotation | None:
        """Return the type that *node* names, None if there is none."""
        return None if node is None else self.read(node)

    def read(self, node: ast.expr) -> Annotation:
        """Return the type that *node* names; what the module doesn't say stands in it as written."""
        names: list[Dotted] = []
        resolved = _Resolver(self, names).visit(ast.parse(ast.unparse(node), mode="eval").body)
        parts: list[str | Dotted] = []
        for number, text in enumerate(_PLACE.split(ast.unparse(resolved))):
            if number % 2:
                parts.append(names[int(text)])
            elif text:
                parts.append(_SINGLE.sub(r'"\1"', text))
        heads = [_PLACE.sub(lambda place: names[int(place[1])].text, head) for head in _choices(resolved)]
        return Annotation(tuple(parts), tuple(heads))

    def named(self, parts: list[str]) -> Dotted | None:
        """Return what a dotted name in an annotation means; None for what is built in, or unknown here."""
        full = self._source.full_name(self._module, parts)
        if full is None:
            return None
        module = ".".join(full.split(".")[: self._source.depth(full.split("."))])
        return Dotted(full, module) if module and module != full else None


class _Resolver(ast.NodeTransformer):
    """Puts a mark in place of each name that a module has to be imported for."""

    def __init__(self, annotations: Annotations, names: list[Dotted]) -> None:
        self._annotations = annotations
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._named([node.id], node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        parts = ast.unparse(node).split(".")
        return self._named(parts, node) if all(part.isidentifier() for part in parts) else node

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if not isinstance(node.value, str):
            return node
        try:
            inner = ast.parse(node.value.strip(), mode="eval").body
        except (SyntaxError, ValueError):
            return node
        visited = self.visit(inner)
        assert isinstance(visited, ast.expr)
        return visited

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        value = self.visit(node.value)
        is_literal = isinstance(value, ast.Name) and self._text(value.id) == "typing.Literal"
        return ast.Subscript(value, node.slice if is_literal else self.visit(node.slice), node.ctx)

    def _named(self, parts: list[str], node: ast.expr) -> ast.expr:
        found = self._annotations.named(parts)
        if found is None:
            return node
        self._names.append(found)
        return ast.Name(f"plainsql_name_{len(self._names) - 1}_", ast.Load())

    def _text(self, name: str) -> str:
        place = _PLACE.fullmatch(name)
        return self._names[int(place[1])].text if place else name


def _choices(node: ast.expr) -> list[str]:
    """Return the outermost name of each choice of a type."""
    match node:
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return [*_choices(left), *_choices(right)]
        case ast.Subscript(value=value):
            return _choices(value)
        case _:
            return [ast.unparse(node)]


def unknown_names(annotation: Annotation) -> list[str]:
    """Return the names of *annotation* that another module couldn't write: they are neither imported nor built in."""
    text = "".join(part for part in annotation.parts if isinstance(part, str))
    words = re.findall(r"\"[^\"]*\"|'[^']*'|[A-Za-z_]\w*", text)
    return [word for word in words if word[0] not in "\"'" and not hasattr(builtins, word)]
