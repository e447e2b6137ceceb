"""Render the modules of one query file: text in, text out."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from plainsql.codegen import literal
from plainsql.codegen.aliases import definitions, needed_aliases
from plainsql.codegen.hooks import HookedBody, hook_lines
from plainsql.codegen.imports import Imports, mentions, needed, unshadowed
from plainsql.codegen.named_types import NamedTypes
from plainsql.codegen.nested import render_nested
from plainsql.codegen.rows import class_block, result_type, row_classes, row_maker, row_type
from plainsql.describe.changes import Changes
from plainsql.describe.model import Column, Description, Meaning, Parameter
from plainsql.describe.tenants import TenantReach
from plainsql.describe.versions import Locking
from plainsql.hook_plans.plan import Argument
from plainsql.hook_plans.project import Hooks
from plainsql.query import module_names as names
from plainsql.query.model import Kind, Query, QueryFile
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
        hooks: The functions that queries name by ``@before`` and ``@after``.
        tenants: What belongs to tenants; None: nothing does.
    """

    package: str
    rows: Rows = "struct"
    format: Literal["best", "text", "binary"] = "best"
    hooks: Hooks | None = None
    tenants: TenantReach | None = None

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
        used |= {_CALL[description.query.kind], *shape.runtime_names()}
    if descriptions:
        imports.add(f"from plainsql.execute import {', '.join(sorted({'Conn', 'Statement', *used}))}")
    if aliases:
        imports.add("from typing import TypeAlias")
    head = _head(file, imports, types, project)
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
        if needed_here := shape.result_names():
            imports.add(f"from plainsql.execute import {', '.join(sorted(needed_here))}")
    if descriptions:
        imports.add(f"from plainsql.aio.execute import {', '.join(sorted({'Conn', *used}))}")
        imports.add(f"from {project.package}.{file.stem} import {', '.join(sorted(shared))}")
    head = _head(file, imports, types, project)
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
        self.plan = project.hooks.plan(self.query) if project.hooks else None
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
            found += row_classes(self.description, self.project.rows, self.imports, self._field)
        if self.params:
            self.imports.add("from typing import TypedDict")
            parameters = self.description.parameters
            taken = [parameter.name for parameter in parameters]
            fields = [(p.name, self._annotation(p, "parameter", taken=taken)) for p in parameters]
            found.append(
                class_block(f"class {self.params}(TypedDict):", fields, f"One set of arguments of {self.query.name}.")
            )
        return found

    def runtime_names(self) -> set[str]:
        """Return what a synchronous module needs of plainsql.execute beside the call itself."""
        return {*row_maker(self.description)[1], *self.result_names()} if self.row else set()

    def result_names(self) -> set[str]:
        """Return what either module needs of plainsql.execute for what the function returns."""
        match self.description.form:
            case Changes():
                return {"Change"}
            case Locking():
                return {"unless_stale"}
            case _:
                return set()

    def _field(self, column: Column, taken: Sequence[str]) -> str:
        return self._annotation(column, "result", taken=taken)

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
            lines += _row_argument(row_maker(description)[0])
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
        if isinstance(description.form, Locking):
            lines.append(f"version={literal.string(description.form.version)},")
        for name, values in (("sealed", parameters), ("opened", columns)):
            secrets = [(n, value.meaning) for n, value in enumerate(values) if value.meaning is not None]
            if secrets:
                self.imports.add("from plainsql.execute import wire")
                lines += _argument(name, (_secret(number, meaning) for number, meaning in secrets))
        if query.timeout is not None:
            lines.append(f"timeout={query.timeout!r},")
        if self.project.tenants is not None and self.project.tenants.includes(description):
            lines.append("tenant=True,")
        if query.kind != "script" and (description.effects is None or description.effects.access == "write"):
            lines.append("writes=True,")
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
        elif self.plan:
            arguments = [f"{name}: {annotation}" for name, annotation in self._given().items()]
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
        if self.plan:
            return "\n".join([signature, *literal.docstring(self._doc(), "    "), *self._hooked(awaited)])
        body = self._body(f"{'await ' if awaited else ''}{_CALL[query.kind]}")
        return "\n".join([signature, *literal.docstring(self._doc(), "    "), body])

    def _given(self) -> dict[str, str]:
        """Return the annotations of the function's parameters where there are hooks."""
        assert self.plan is not None
        sent = {parameter.name: parameter for parameter in self.description.parameters}
        return {argument.name: self._given_type(argument, sent) for argument in self.plan.arguments}

    def _given_type(self, argument: Argument, sent: Mapping[str, Parameter]) -> str:
        hook = argument.by
        if argument.in_sql or hook is None or hook.annotation is None:
            if argument.name not in sent:
                return "object"
            annotation = self._annotation(sent[argument.name], "parameter")
            return annotation if hook is None or hook.takes_none else annotation.removesuffix(" | None")
        return self.types.spelled(hook.annotation, typing_only=True)

    def _hooked(self, awaited: bool) -> list[str]:
        assert self.plan is not None
        assert self.project.hooks is not None
        return HookedBody(
            self.query,
            self.plan,
            (self.project.hooks.module, self.project.hooks.aio_module),
            fetch=(_CALL[self.query.kind], self.constant),
            row=self._row_of_hooks(),
            version=self.description.form.version if isinstance(self.description.form, Locking) else None,
            given=self._given(),
            sent={
                parameter.name: self._annotation(parameter, "parameter") for parameter in self.description.parameters
            },
            imports=self.imports,
            awaited=awaited,
        ).lines()

    def _row_of_hooks(self) -> str:
        if self.row:
            return result_type(self.description)
        return self._value_type() if self.query.kind == "value" else "object"

    def _doc(self) -> list[str]:
        query = self.query
        hooks = hook_lines(self.plan) if self.plan else []
        return [*_doc(query), *hooks, "", f"Source: {query.file}:{query.line}"]

    def _body(self, function: str) -> str:
        form = self.description.form
        if not isinstance(form, Locking):
            return _wrapped("    " if self.query.kind == "script" else "    return ", function, self._call_arguments())
        found = "_found" if "found" in self.query.parameters else "found"
        call = _wrapped(f"    {found} = ", function, self._call_arguments())
        return f"{call}\n    return unless_stale({self.constant}, {form.version}, {found})"

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
        row = result_type(self.description)
        return {"many": f"list[{row}]", "optional": f"{row} | None"}.get(self.query.kind, row)

    def _value_type(self) -> str:
        return self._annotation(self.description.columns[0], "result")

    def _statement_type(self) -> str:
        if self.row:
            return row_type(self.description)
        return self._value_type() if self.query.kind == "value" else "None"

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


def _wrapped(start: str, function: str, arguments: Sequence[str]) -> str:
    """Return a call in one line, or with each argument on its own."""
    line = f"{start}{function}({', '.join(arguments)})"
    if len(line) <= _WIDTH:
        return line
    return "\n".join([f"{start}{function}(", *(f"        {part}," for part in arguments), "    )"])


def _secret(position: int, meaning: Meaning) -> str:
    """Return what says how an argument is encrypted, or a column decrypted."""
    parts = [literal.string(meaning.column), str(position)]
    parts += [f"aad={literal.tuple_of(map(str, meaning.aad))}"] if meaning.aad else []
    parts += ["is_index=True"] if meaning.is_index else []
    return f"wire.Secret({', '.join(parts)})"


def _argument(name: str, items: Iterable[str]) -> list[str]:
    """Return the lines of an argument that is a tuple."""
    return f"{literal.call(f'{name}=', items, width=_WIDTH - 5)},".split("\n")


def _row_argument(maker: str | literal.Call) -> list[str]:
    """Return the lines of what makes a row."""
    if isinstance(maker, str):
        return [f"row={maker},"]
    *first, last = replace(maker, start=f"row={maker.start}").lines(_WIDTH - 4)
    return [*first, f"{last},"]


def _head(file: QueryFile, imports: Imports, types: NamedTypes, project: Project) -> list[str]:
    if for_checkers := types.typing_imports():
        imports.add("from typing import TYPE_CHECKING")
        for_checkers = ["", "if TYPE_CHECKING:", *(f"    {line}" for line in for_checkers)]
    banner, doc = _banner(file), literal.docstring(_file_doc(file), "")
    return [banner, *doc, "", *imports.lines(project.root), *for_checkers]


def _banner(file: QueryFile) -> str:
    return (
        f"# Generated by plainsql from {file.path}. Change that file and run `plainsql generate`; edits here are lost."
    )


def _file_doc(file: QueryFile) -> list[str]:
    return file.doc.strip().split("\n") if file.doc.strip() else [f"Queries of {file.path}."]


def _doc(query: Query) -> list[str]:
    text = query.doc.strip()
    lines = text.split("\n") if text else [f"Run {query.name}."]
    for directive in query.directives:
        if directive.name == "why":
            lines += ["", *textwrap.wrap(f"Why: {directive.argument}", _WIDTH - 4, break_long_words=False)]
    if query.overrides:
        said = f"Overrides: {', '.join(map(str, query.overrides))}."
        lines += ["", *textwrap.wrap(said, _WIDTH - 4, break_long_words=False, break_on_hyphens=False)]
    return lines


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
