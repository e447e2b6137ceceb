"""Classes of rows, and what makes one of the columns: plain rows, records in them, changes, versions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Literal

from plainsql.codegen import literal
from plainsql.codegen.imports import Imports
from plainsql.codegen.literal import Call
from plainsql.describe.changes import Changes, Side
from plainsql.describe.model import Column, Description
from plainsql.describe.records import Members, RowRecord, never_null, records_of
from plainsql.describe.versions import Locking
from plainsql.query import module_names as names

Annotate = Callable[[Column, Sequence[str]], str]
"""Returns the annotation of a column beside fields of these names."""
Rows = Literal["struct", "dataclass"]


def class_block(header: str, fields: Sequence[tuple[str, str]], doc: str) -> str:
    """Return a class of *fields*: names and annotations."""
    return "\n".join([header, f'    """{doc}"""', "", *(f"    {name}: {annotation}" for name, annotation in fields)])


def row_classes(description: Description, rows: Rows, imports: Imports, annotate: Annotate) -> Iterator[str]:
    """Yield the classes of a query's rows, each after those it is made of."""
    query, columns = description.query, description.columns
    row = names.row_class(query.name)
    match description.form:
        case Changes(columns=shared):
            yield _plain(row, shared, f"A row that {query.name} wrote, before or after.", rows, imports, annotate)
        case Locking(columns=written, current=current):
            yield from _of_records(((current.path, current),), description, rows, imports, annotate)
            yield _plain(row, written, f"A row of {query.name}, as written.", rows, imports, annotate)
        case ():
            yield _plain(row, columns, f"A row of {query.name}.", rows, imports, annotate)
        case fields:
            yield from _of_records(fields, description, rows, imports, annotate)
            yield _block(row, fields, frozenset(), f"A row of {query.name}.", description, rows, imports, annotate)


def record_names(description: Description) -> Iterator[tuple[str, str]]:
    """Yield the name of each class of a record, and what it is."""
    form = description.form
    fields: Members = form if isinstance(form, tuple) else ()
    if isinstance(form, Locking):
        fields = ((form.current.path, form.current),)
    for record in records_of(fields):
        yield record.name, f"{record.path} of query {description.query.name}"


def row_type(description: Description) -> str:
    """Return what a row is to the statement: ``GetOrderRow``, ``Change[DeleteUsersRow]``."""
    row = names.row_class(description.query.name)
    match description.form:
        case Changes():
            return f"Change[{row}]"
        case Locking():
            return f"Versioned[{row}]"
        case _:
            return row


def result_type(description: Description) -> str:
    """Return what a row is to the caller."""
    return names.row_class(description.query.name) if isinstance(description.form, Locking) else row_type(description)


def row_maker(description: Description) -> tuple[str | Call, tuple[str, ...]]:
    """Return the expression that makes a row of the columns, and the names of plainsql.execute that it needs."""
    row = names.row_class(description.query.name)
    match description.form:
        case Changes(old=old, new=new):
            sides = [_side(f"{name}=Record", row, side) for name, side in (("old", old), ("new", new)) if side]
            return Call("change_of", (row, *sides, *_promised(description))), ("Change", "Record", "change_of")
        case Locking(written=written, key=key, current=current):
            record = Call("Record", (row, *map(str, written), f"key={key}"))
            parts = [record, _record(current, optional=False), *_promised(description)]
            return Call("versioned", tuple(parts)), ("Record", "Versioned", "versioned")
        case ():
            return row, ()
        case fields:
            return Call("row_of", (row, *_parts(fields), *_promised(description))), ("Record", "row_of")


def _promised(description: Description) -> list[str | Call]:
    """Return the names of the columns as an argument, where something is promised of one."""
    if not any(not promise.startswith(":") for column in description.columns for promise in column.promises):
        return []
    names = tuple(literal.string(column.name) for column in description.columns)
    return [Call("names=", names) if len(names) > 1 else f"names={literal.tuple_of(names)}"]


def _of_records(
    fields: Members, description: Description, rows: Rows, imports: Imports, annotate: Annotate
) -> Iterator[str]:
    for record in reversed(list(records_of(fields))):
        doc = f"{record.path} of a row of {description.query.name}."
        yield _block(record.name, record.members, record.certain, doc, description, rows, imports, annotate)


def _block(
    name: str,
    members: Members,
    certain: frozenset[int],
    doc: str,
    description: Description,
    rows: Rows,
    imports: Imports,
    annotate: Annotate,
) -> str:
    taken = [field for field, _ in members]
    fields: list[tuple[str, str]] = []
    for field, member in members:
        if isinstance(member, RowRecord):
            fields.append((field, f"{member.name}{' | None' if member.nullable else ''}"))
        else:
            fields.append((field, annotate(_within(description.columns[member], member in certain), taken)))
    return class_block(_header(name, rows, imports), fields, doc)


def _within(column: Column, is_certain: bool) -> Column:
    """Return a column as it is where the record that it is of is there."""
    return replace(column, nullable=False) if never_null(column, is_certain) else column


def _plain(name: str, columns: Sequence[Column], doc: str, rows: Rows, imports: Imports, annotate: Annotate) -> str:
    taken = [column.name for column in columns]
    fields = [(column.name, annotate(column, taken)) for column in columns]
    return class_block(_header(name, rows, imports), fields, doc)


def _header(name: str, rows: Rows, imports: Imports) -> str:
    if rows == "dataclass":
        imports.add("from dataclasses import dataclass")
        return f"@dataclass(frozen=True, slots=True)\nclass {name}:"
    imports.add("from msgspec import Struct")
    return f"class {name}(Struct, frozen=True, gc=False):"


def _side(start: str, row: str, side: Side) -> Call:
    last = "always=True" if side.key is None else f"key={side.key}"
    return Call(start, (row, *map(str, side.columns), last))


def _parts(members: Members) -> list[str | Call]:
    return [_record(member) if isinstance(member, RowRecord) else str(member) for _, member in members]


def _record(record: RowRecord, *, optional: bool = True) -> Call:
    parts = [record.name, *_parts(record.members)]
    if not (optional and record.nullable):
        parts.append("always=True")
    elif record.key is not None:
        parts.append(f"key={record.key}")
    return Call("Record", tuple(parts))
