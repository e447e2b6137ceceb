"""aiosql's side of plainsql: a driver adapter that only loads, and a loader that uses PostgreSQL's lexer."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NoReturn

try:
    import aiosql
except ModuleNotFoundError as error:  # pragma: no cover - a runtime-only install
    message = "plainsql.load() needs the tools: pip install 'plainsql[tools]'"
    raise ModuleNotFoundError(message, name=error.name) from None
from aiosql.query_loader import QueryLoader
from aiosql.types import QueryDataTree, QueryDatum, SQLOperationType
from aiosql.utils import SQLParseException

from plainsql.errors import PlainSQLError, QueryFileError
from plainsql.query.headers import Header
from plainsql.query.model import Kind, Query, QueryFile
from plainsql.query.parse import parse_file
from plainsql.query.problem import Problem

NAME: Final = "plainsql"
"""Under which aiosql knows the adapter."""

_KINDS: Final[dict[SQLOperationType, Kind]] = {
    SQLOperationType.SELECT: "many",
    SQLOperationType.SELECT_ONE: "optional",
    SQLOperationType.SELECT_VALUE: "value",
    SQLOperationType.INSERT_RETURNING: "one",
    SQLOperationType.INSERT_UPDATE_DELETE: "exec",
    SQLOperationType.INSERT_UPDATE_DELETE_MANY: "many_exec",
    SQLOperationType.SCRIPT: "script",
}


class PlainSQLAdapter:
    """A driver adapter for aiosql that loads queries and refuses to run them."""

    is_aio_driver = False

    def process_sql(self, query_name: str, op_type: SQLOperationType, sql: str) -> str:
        """Return *sql*: the loader has rewritten it."""
        return sql

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise PlainSQLError(
            "the plainsql adapter loads queries but does not run them: "
            "use `plainsql generate` and import the functions, or plainsql.load()"
        )

    select = select_one = select_value = select_cursor = _refuse
    insert_update_delete = insert_update_delete_many = insert_returning = execute_script = _refuse


class PlainSQLLoader(QueryLoader):
    """
    aiosql's loader on PostgreSQL's own lexer.

    Header grammar, operation kinds and QueryDatum are aiosql's. A fault is an error here, never a missing query.
    """

    def load_query_file(self, text: str, *, path: str, stem: str) -> tuple[QueryFile, tuple[Problem, ...]]:
        """Return a file with its good queries, and the problems of the others."""
        return parse_file(text, path=path, stem=stem, grammar=self._header)

    def load_query_data_from_sql(
        self, sql: str, ns_parts: list[str], fname: Path | str = "<unknown>"
    ) -> list[QueryDatum]:
        """
        Return the queries of a text.

        Raises:
            QueryFileError: The text has faults.
        """
        stem = ".".join(ns_parts)
        file, problems = self.load_query_file(unify_line_ends(sql), path=Path(fname).as_posix(), stem=stem)
        errors = [problem for problem in problems if problem.level == "error"]
        if errors:
            raise QueryFileError(errors)
        return [_datum(query, fname) for query in file.queries]

    def load_query_data_from_file(
        self, path: Path, ns_parts: list[str] | None = None, encoding: str | None = None
    ) -> list[QueryDatum]:
        """Return the queries of a file, which is UTF-8 unless *encoding* says otherwise."""
        return self.load_query_data_from_sql(path.read_text(encoding or "utf-8-sig"), ns_parts or [], path)

    def load_query_data_from_dir_path(
        self, dir_path: Path, ext: tuple[str, ...] = (".sql",), encoding: str | None = None
    ) -> QueryDataTree:
        """
        Return the queries of a folder and its sub-folders, in order of file name.

        Raises:
            QueryFileError: A file has faults, or two files of one folder have a query of the same name.
        """
        return self._tree(dir_path, [], ext, encoding)

    def _tree(self, folder: Path, ns_parts: list[str], ext: tuple[str, ...], encoding: str | None) -> QueryDataTree:
        tree: QueryDataTree = {}
        for path in sorted(folder.iterdir()):
            if path.is_dir():
                tree[path.name] = self._tree(path, [*ns_parts, path.name], ext, encoding)
            elif path.suffix in ext:
                for datum in self.load_query_data_from_file(path, ns_parts, encoding):
                    known = tree.get(datum.query_name)
                    if isinstance(known, tuple):
                        name, (file, line) = datum.query_name, known.floc
                        message = f"query '{name}' is already defined at {Path(file).as_posix()}:{line}"
                        raise QueryFileError([Problem(path.as_posix(), datum.floc[1], 1, message)])
                    tree[datum.query_name] = datum
        return tree

    def _header(self, spec: str) -> Header | None:
        """Read the text after ``-- name:`` in aiosql's grammar; parentheses may be missing."""
        mandatory, self._mandatory_parameters = self._mandatory_parameters, False
        try:
            name, operation, parameters = self._get_name_op(" ".join(spec.split()), ("", 0))
        except SQLParseException:
            return None
        finally:
            self._mandatory_parameters = mandatory
        return Header(name, _KINDS[operation], None if parameters is None else tuple(parameters))


def unify_line_ends(text: str) -> str:
    r"""Return *text* with ``\n`` at line ends, so that a checkout on Windows gives the same module."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _datum(query: Query, fname: Path | str) -> QueryDatum:
    operation = {kind: operation for operation, kind in _KINDS.items()}[query.kind]
    if any(directive.name == "rows" for directive in query.directives):
        operation = SQLOperationType.SELECT_ONE
    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)]
    parameters += [inspect.Parameter(name, keyword) for name in query.parameters]
    return QueryDatum(
        query.key,
        query.doc,
        operation,
        query.sql,
        None,
        inspect.Signature(parameters),
        (fname, query.line),
        None,
        list(query.parameters),
    )


def register() -> None:
    """Make the adapter known to aiosql under its name."""
    adapter: Callable[..., Any] = PlainSQLAdapter
    aiosql.register_adapter(NAME, adapter)


register()
