"""Render the modules of one query file: text in, text out."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from plainsql.codegen import literal
from plainsql.codegen.aliases import definitions, needed_aliases
from plainsql.codegen.imports import Imports, mentions, needed, unshadowed
from plainsql.codegen.named_types import NamedTypes
from plainsql.codegen.nested import render_nested
from plainsql.describe.model import Column, Description, Meaning, Parameter
from plainsql.query import module_names as names
from plainsql.query.model import Kind, QueryFile
from plainsql.typemap import NestedClass, PyType, Wire, names_in, prefer_binary, spelled

Rows = Literal["struct", "dataclass"]

_CALL: dict[Kind, str] = {
    "one": "fetch_one",
    "optional": "fetch_optional",
    "many": "fetch_all",
    "value": "fetch_value",
    "exec": "execute",
    "many_exec": "execute_many",
    "script": "run_script",
}
_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Project:
    """
    What shapes every module.

    Attributes:
        package: Dotted package of the generated modules: ``shop.queries``.
        rows: Class of rows.
        format: Of the protocol, where a statement can have it: text, binary, or what is best for each.
    """

    package: str
    rows: Rows = "struct"
    format: Literal["best", "text", "binary"] = "best"

    @property
    def types(self) -> str:
        """The module of the composite types."""
        return f"{self.package}.types"

    @property
    def root(self) -> str:
        """The project's own root package, for the order of imports."""
        return self.package.split(".")[0]


def render_sync(file: QueryFile, descriptions: Sequence[Description], project: Project) -> str:
    """Return the synchronous module of *file*: row classes, statements and functions."""
    imports = Imports()
    imports.add("from __future__ import annotations")
    types = NamedTypes(imports, descriptions)
    aliases: dict[str, str] = {}
    blocks: list[str] = []
    used: set[str] = set()
    for description in descriptions:
        shape = _Shape(description, project, imports, aliases, types)
        blocks += shape.classes()
        blocks.append(shape.statement())
        blocks.append(shape.function(awaited=False))
        used.add(_CALL[description.query.kind])
    if descriptions:
        imports.add(f"from plainsql.execute import {', '.join(sorted({'Conn', 'Statement', *used}))}")
    if aliases:
        imports.add("from typing import TypeAlias")
    head = [_banner(file), *literal.docstring(_file_doc(file), ""), "", *imports.lines(project.root)]
    return _assemble(head, definitions(aliases), blocks, types.late_imports())


def render_aio(file: QueryFile, descriptions: Sequence[Description], project: Project) -> str:
    """Return the asynchronous twin of *file*; classes and statements are those of the synchronous module."""
    imports = Imports()
    imports.add("from __future__ import annotations")
    types = NamedTypes(imports, descriptions)
    aliases: dict[str, str] = {}
    shared: set[str] = set()
    used: set[str] = set()
    blocks: list[str] = []
    for description in descriptions:
        shape = _Shape(description, project, imports, aliases, types, twin=True)
        blocks.append(shape.function(awaited=True))
        shared |= shape.shared_names()
        used.add(_CALL[description.query.kind])
    if descriptions:
        imports.add(f"from plainsql.aio.execute import {', '.join(sorted({'Conn', *used}))}")
        imports.add(f"from {project.package}.{file.stem} import {', '.join(sorted(shared))}")
    head = [_banner(file), *literal.docstring(_file_doc(file), ""), "", *imports.lines(project.root)]
    return _assemble(head, [], blocks, types.late_imports())


class _Shape:
    """One query, ready to be written down; registers what it needs with the module's imports and aliases."""

    def __init__(
        self,
        description: Description,
        project: Project,
        imports: Imports,
        aliases: dict[str, str],
        types: NamedTypes,
        *,
        twin: bool = False,
    ) -> None:
        self.query = description.query
        self.description = description
        self.project = project
        self.imports = imports
        self.aliases = aliases
        self.types = types
        self.twin = twin
        self.row = names.row_class(self.query.name) if self.query.kind in ("one", "optional", "many") else None
        self.params = names.params_class(self.query.name) if self.query.kind == "many_exec" else None
        self.constant = names.constant(self.query.name)
        self._used_aliases: set[str] = set()

    def shared_names(self) -> set[str]:
        """Return what the twin imports from the synchronous module."""
        return {self.constant, *self._used_aliases} | {name for name in (self.row, self.params) if name}

    def classes(self) -> list[str]:
        """Return the classes of what columns hold, of rows and of a batch's arguments, where the query has them."""
        found = [
            render_nested(
                nested,
                query=self.query.name,
                rows=self.project.rows,
                types=self.project.types,
                imports=self.imports,
                aliases=self.aliases,
            )
            for nested in self._nested()
        ]
        if self.row:
            columns = self.description.columns
            taken = [column.name for column in columns]
            fields = [(c.name, self._annotation(c, "result", taken=taken)) for c in columns]
            if self.project.rows == "dataclass":
                self.imports.add("from dataclasses import dataclass")
                header = f"@dataclass(frozen=True, slots=True)\nclass {self.row}:"
            else:
                self.imports.add("from msgspec import Struct")
                header = f"class {self.row}(Struct, frozen=True, gc=False):"
            found.append(_class(header, fields, f"A row of {self.query.name}."))
        if self.params:
            self.imports.add("from typing import TypedDict")
            parameters = self.description.parameters
            taken = [parameter.name for parameter in parameters]
            fields = [(p.name, self._annotation(p, "parameter", taken=taken)) for p in parameters]
            found.append(
                _class(f"class {self.params}(TypedDict):", fields, f"One set of arguments of {self.query.name}.")
            )
        return found

    def _nested(self) -> list[NestedClass]:
        """Return the classes of what columns hold, each after those it is made of."""
        return list(dict.fromkeys(nested for column in self.description.columns for nested in column.python.nested))

    def statement(self) -> str:
        """Return the statement: the SQL and everything known of it before it runs."""
        query, description = self.query, self.description
        parameters = description.parameters
        columns = () if query.kind in ("exec", "many_exec") else description.columns
        lines = [
            f"name={literal.string(query.key)},",
            f"file={literal.string(query.file)},",
            f"line={query.line},",
            f"sql={literal.block(query.sql)},",
        ]
        if query.kind == "script":
            texts = [literal.block(text) for text in query.statements]
            if len(texts) == 1 and len(texts[0]) < _WIDTH and "\n" not in texts[0]:
                lines.append(f"statements=({texts[0]},),")
            else:
                lines += ["statements=(", *(f"    {text}," for text in texts), "),"]
            lines[3] = 'sql="",'
        if parameters:
            lines += _argument("params", map(literal.string, query.parameters))
            lines += _argument("dump_oids", (self._spelled(found, found.python.dump_oid) for found in parameters))
            lines += _argument("bind_oids", (str(found.python.bind_oid) for found in parameters))
        if self.row:
            lines.append(f"row={self.row},")
        if columns:
            in_binary = self._in_binary([column.python for column in columns])
            wires = [
                self._spelled(found, found.python.wire if in_binary else found.python.load_oid) for found in columns
            ]
            lines += _argument("load_oids", wires)
            if in_binary:
                self.imports.add("from plainsql.execute import wire")
                lines.append("format=wire.BINARY,")
        if parameters and self.project.format == "binary":
            self.imports.add("from plainsql.execute import wire")
            lines.append("send=wire.BINARY,")
        if full := [parameter.name for parameter in parameters if parameter.is_full]:
            lines += _argument("full", map(literal.string, full))
        if promises := [promise for value in (*parameters, *columns) for promise in value.promises]:
            lines += _argument("not_null", map(literal.string, promises))
        for name, values in (("sealed", parameters), ("opened", columns)):
            secrets = [(n, value.meaning) for n, value in enumerate(values) if value.meaning is not None]
            if secrets:
                self.imports.add("from plainsql.execute import wire")
                lines += _argument(name, (_secret(number, meaning) for number, meaning in secrets))
        if query.timeout is not None:
            lines.append(f"timeout={query.timeout!r},")
        body = "\n".join(f"    {line}" for line in lines)
        return f"{self.constant}: Statement[{self._statement_type()}] = Statement(\n{body}\n)"

    def _in_binary(self, columns: Sequence[PyType]) -> bool:
        if self.project.format == "binary":
            return all(column.binary for column in columns)
        return self.project.format == "best" and prefer_binary(columns)

    def function(self, *, awaited: bool) -> str:
        """Return the typed function."""
        query = self.query
        arguments: list[str] = []
        if self.params:
            self.imports.add("from collections.abc import Iterable")
            arguments = []
        else:
            arguments = [f"{p.name}: {self._annotation(p, 'parameter')}" for p in self.description.parameters]
        returns = self._returns()
        keyword = "async def" if awaited else "def"
        start = f"{keyword} {query.name}("
        rows = [f"rows: Iterable[{self.params}]"] if self.params else []
        inner = ["conn: Conn", "/", *rows, *(["*", *arguments] if arguments else [])]
        signature = f"{start}{', '.join(inner)}) -> {returns}:"
        if len(signature) > _WIDTH:
            signature = "\n".join([start, *(f"    {part}," for part in inner), f") -> {returns}:"])
        call = f"{'await ' if awaited else ''}{_CALL[query.kind]}({', '.join(self._call_arguments())})"
        body = f"    {call}" if query.kind == "script" else f"    return {call}"
        if len(body) > _WIDTH:
            opening, closing = body.split("(", 1)[0], ")"
            body = "\n".join(
                [f"{opening}(", *(f"        {part}," for part in self._call_arguments()), f"    {closing}"]
            )
        return "\n".join([signature, *literal.docstring(_doc(self.description), "    "), body])

    def _call_arguments(self) -> list[str]:
        found = ["conn", self.constant]
        if self.params:
            found.append("rows")
        elif self.query.parameters:
            found.append(literal.tuple_of(self.query.parameters))
        return found

    def _returns(self) -> str:
        if self.query.kind in ("exec", "many_exec"):
            return "int"
        if self.query.kind == "script":
            return "None"
        if self.query.kind == "value":
            return self._value_type()
        assert self.row is not None
        return {"many": f"list[{self.row}]", "optional": f"{self.row} | None"}.get(self.query.kind, self.row)

    def _value_type(self) -> str:
        return self._annotation(self.description.columns[0], "result")

    def _statement_type(self) -> str:
        return self.row or (self._value_type() if self.query.kind == "value" else "None")

    def _annotation(
        self, value: Parameter | Column, side: Literal["parameter", "result"], *, taken: Sequence[str] = ()
    ) -> str:
        found = value.python
        if value.annotation is not None:
            annotation = self.types.spelled(value.annotation, fields=taken)
            return f"{annotation} | None" if value.nullable and not value.annotation.takes_none else annotation
        annotation = found.parameter if side == "parameter" else found.result
        given = (*found.imports, *self._class_imports(found))
        self._used_aliases |= {nested.name for nested in found.nested if mentions(annotation, nested.name)}
        for name, meaning in needed_aliases(annotation, found.aliases):
            self.aliases[name] = meaning
            if mentions(annotation, name):
                self._used_aliases.add(name)
            if not self.twin:
                self.imports.add(*needed(meaning, given))
        annotation, lines = unshadowed(annotation, taken, needed(annotation, given))
        self.imports.add(*lines)
        return f"{annotation} | None" if value.nullable else annotation

    def _spelled(self, value: Parameter | Column, wire: Wire) -> str:
        found = value.python
        lines = (*found.imports, *self._class_imports(found), "from plainsql.execute import wire")
        names = names_in(wire)
        self.imports.add(*(line for name in names for line in needed(name, lines)))
        if value.annotation is None:
            return spelled(wire)
        self.imports.add("from plainsql.execute import wire")
        codec, ignores = ("Declared", value.json_column == "ignore") if value.json_column else ("Typed", False)
        options = ", ignores=True" if ignores else ""
        return f"wire.{codec}({spelled(wire)}, lambda: {self.types.spelled(value.annotation)}{options})"

    def _class_imports(self, found: PyType) -> list[str]:
        return [f"from {self.project.types} import {composite.name}" for composite in found.classes]


def _secret(position: int, meaning: Meaning) -> str:
    """Return what says how an argument is encrypted, or a column decrypted."""
    parts = [literal.string(meaning.column), str(position)]
    parts += [f"aad={literal.tuple_of(map(str, meaning.aad))}"] if meaning.aad else []
    parts += ["is_index=True"] if meaning.is_index else []
    return f"wire.Secret({', '.join(parts)})"


def _argument(name: str, items: Iterable[str]) -> list[str]:
    """Return the lines of an argument that is a tuple."""
    return f"{literal.call(f'{name}=', items, width=_WIDTH - 5)},".split("\n")


def _class(header: str, fields: Sequence[tuple[str, str]], doc: str) -> str:
    return "\n".join([header, f'    """{doc}"""', "", *(f"    {name}: {annotation}" for name, annotation in fields)])


def _banner(file: QueryFile) -> str:
    return (
        f"# Generated by plainsql from {file.path}. Change that file and run `plainsql generate`; edits here are lost."
    )


def _file_doc(file: QueryFile) -> list[str]:
    return file.doc.strip().split("\n") if file.doc.strip() else [f"Queries of {file.path}."]


def _doc(description: Description) -> list[str]:
    query = description.query
    text = query.doc.strip()
    lines = text.split("\n") if text else [f"Run {query.name}."]
    for directive in query.directives:
        if directive.name == "why":
            lines += ["", *textwrap.wrap(f"Why: {directive.argument}", _WIDTH - 4, break_long_words=False)]
    if query.overrides:
        said = f"Overrides: {', '.join(map(str, query.overrides))}."
        lines += ["", *textwrap.wrap(said, _WIDTH - 4, break_long_words=False, break_on_hyphens=False)]
    return [*lines, "", f"Source: {query.file}:{query.line}"]


def _assemble(head: Sequence[str], definitions: Sequence[str], blocks: Sequence[str], tail: Sequence[str]) -> str:
    text = "\n".join(head)
    if definitions:
        text += "\n\n" + "\n".join(definitions)
    previous_is_assignment = True
    for block in blocks:
        is_assignment = ": Statement[" in block.split("\n", 1)[0]
        text += ("\n\n" if is_assignment and previous_is_assignment else "\n\n\n") + block
        previous_is_assignment = is_assignment
    if tail:
        text += "\n\n\n" + "\n".join(tail)
    return text + "\n"
