"""
psycopg cursors that run one Statement: nothing is parsed, copied or looked up again.

The arguments are dumped when the cursor is made, outside the connection's lock and before a BEGIN, so an argument
that doesn't fit is refused before anything was sent. Prepared statements, pipelines, notices and errors stay
psycopg's own code. Overrides private methods of psycopg's cursors: the version is capped in pyproject.toml and
tests/test_execute*.py hold them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from psycopg import AsyncCursor, Cursor, pq
from psycopg import errors as e
from psycopg._cursor_base import BaseCursor
from psycopg._queries import PostgresQuery
from psycopg.abc import PQGen, Query
from psycopg.adapt import Transformer
from psycopg.pq.abc import PGresult

from plainsql.errors import StaleModuleError
from plainsql.execute.adapters import with_codecs
from plainsql.execute.arguments import refusal
from plainsql.execute.binding import bind_column, is_read, rebind_binary
from plainsql.execute.bound import BoundQuery, Dumped
from plainsql.execute.columns import FIRST_USER_OID
from plainsql.execute.limits import ServerLimit, in_transaction, refuse_pipeline
from plainsql.execute.secrets import sealed_arguments
from plainsql.execute.settings import Settings, run_with

if TYPE_CHECKING:
    from plainsql.execute.statement import Statement

TEXT = pq.Format.TEXT
ACTIVE = pq.TransactionStatus.ACTIVE
TUPLES_OK = pq.ExecStatus.TUPLES_OK
CANCEL_GRACE = 5.0
"""Seconds a server has to answer a cancel before the connection is closed."""


class StatementMixin(BaseCursor[Any, Any]):
    """What the sync and the async cursor share."""

    __slots__ = ("_bound", "_loaders", "_statement")

    _statement: Statement[Any]
    _bound: BoundQuery
    _loaders: Sequence[int]

    def __init__(self, conn: Any, statement: Statement[Any], arguments: tuple[Any, ...] = ()) -> None:
        conn._check_connection_ok()
        self._conn = conn
        self._pgconn = conn.pgconn
        self._adapters = conn.adapters
        self._statement = statement
        self._loaders = statement.loaders
        self.format = statement.format
        self.arraysize = 1
        self._closed = False
        self._last_query = None
        self._reset()
        self._tx = tx = Transformer(with_codecs(conn, statement.private) if statement.private else conn)
        statement.check(arguments)
        query = statement.query if statement.is_ascii else statement.sql.encode(tx.encoding)
        if statement.dump_oids:
            tx.set_dumper_types(statement.dumpers, statement.send)
            self._bound = BoundQuery(query, statement.bind_oids, statement.formats, self.dumped(arguments))
        else:
            self._bound = BoundQuery(query, (), [], None)

    def dumped(self, arguments: tuple[Any, ...]) -> Dumped:
        """Return *arguments* as text; what the dumpers refuse is a ParameterError."""
        if not arguments:
            return ()
        if self._statement.sealed:
            arguments = sealed_arguments(self._statement, arguments)
        try:
            return self._tx.dump_sequence(arguments, ())
        except Exception as error:
            raise self._blame(arguments, error) from error

    def dump_all(self, rows: Iterable[tuple[Any, ...]]) -> list[Dumped]:
        """Check and dump every row before the first is sent."""
        check, dumped = self._statement.check, self.dumped
        result = []
        for arguments in rows:
            check(arguments)
            result.append(dumped(arguments))
        return result

    def _blame(self, arguments: tuple[Any, ...], error: Exception) -> Exception:
        statement = self._statement
        for index, (oid, value) in enumerate(zip(statement.dumpers, arguments, strict=True)):
            tx = Transformer(with_codecs(self._conn, statement.private) if statement.private else self._conn)
            tx.set_dumper_types((oid,), statement.send)
            try:
                tx.dump_sequence((value,), ())
            except Exception:
                return refusal(statement, index, value, error)
        return error

    def _start_query(self, query: Query | None = None) -> PQGen[None]:
        yield from self._conn._start_query()

    def _convert_query(self, query: Query, params: Any = None) -> PostgresQuery:
        if params is not None:
            self._bound.dump(params)
        return self._bound

    def _select_current_result(self, i: int, format: pq.Format | None = None) -> None:
        statement, tx = self._statement, self._tx
        self.pgresult = result = self._results[i]
        if result.status != TUPLES_OK:
            return
        if statement.columns is not None and result.nfields != statement.columns:
            raise StaleModuleError(
                f"{statement.place} returned {result.nfields} columns, its module expects {statement.columns}: "
                "run `plainsql generate`"
            )
        if statement.load_oids is None:
            self._load_as_described(result)
            return
        if statement.format != TEXT:
            self._load_binary(result)
            return
        ftype = result.ftype
        for index, oid in statement.checked:
            if (type_oid := ftype(index)) != oid and not is_read(oid, type_oid):
                raise self._changed(index)
        tx.set_pgresult(result, set_loaders=False)
        tx.set_loader_types(statement.loaders, TEXT)

    def _load_as_described(self, result: PGresult) -> None:
        """Read each column by the type that the server says, those that psycopg would misread by ours."""
        types = [result.ftype(index) for index in range(result.nfields)]
        self._load(result, types, [bind_column(oid, self.format) for oid in types])

    def _load_binary(self, result: PGresult) -> None:
        """Read each column by the form of its type: an integer that became a bigint has another one."""
        statement = self._statement
        loaders: list[int] = []
        for index, kind in enumerate(statement.load_oids or ()):
            loader = rebind_binary(kind, result.ftype(index))
            if loader is None:
                raise self._changed(index)
            loaders.append(loader)
        self._load(result, statement.loaders, loaders)

    def _load(self, result: PGresult, expected: Sequence[int], loaders: Sequence[int]) -> None:
        changed = [oid for oid, known in zip(loaders, expected, strict=True) if oid != known]
        if ours := tuple([oid for oid in changed if oid >= FIRST_USER_OID]):
            self._tx = Transformer(with_codecs(self._conn, (*self._statement.private, *ours)))
        self._loaders = loaders
        self._tx.set_pgresult(result, set_loaders=False)
        self._tx.set_loader_types(loaders, self.format)

    def _changed(self, index: int) -> StaleModuleError:
        result = self.pgresult
        name = (result.fname(index) if result else None) or b"?"
        return StaleModuleError(
            f"{self._statement.place}: the type of column '{name.decode(self._tx.encoding)}' has changed since its "
            "module was made: run `plainsql generate`"
        )

    @property
    def touched(self) -> int:
        """How many rows the statement touched, all of them after `run_many`; 0 for statements that don't count."""
        if self._execmany_returning is None and self.pgresult is not None:
            return self.pgresult.command_tuples or 0
        return max(self._rowcount, 0)

    def _make_row_maker(self) -> Any:
        return tuple


class StatementCursor(StatementMixin, Cursor[Any]):
    """Run one Statement on a connection."""

    __slots__ = ()

    def run(self, timeout: float | None = None, settings: Settings = ()) -> None:
        """
        Send the statement and wait for its result; after *timeout* seconds it is cancelled: QueryCanceled.

        With *settings* it is a transaction of its own that has them; the connection is idle and in autocommit.
        """
        conn = self._conn
        if timeout is not None:
            refuse_pipeline(conn)
        gen = run_with(self, settings) if settings else self._execute_gen(b"")
        try:
            with conn.lock:
                if timeout is not None and in_transaction(conn):
                    self._wait_inside(gen, ServerLimit(conn, timeout))
                else:
                    self._wait_outside(gen, timeout)
                if conn._pipeline and not self.pgresult:
                    conn.wait(conn._pipeline._fetch_gen(flush=True))
        except e._NO_TRACEBACK as error:
            raise error.with_traceback(None) from error.__cause__

    def _wait_inside(self, gen: PQGen[None], limit: ServerLimit) -> None:
        try:
            self._conn.wait(limit.begin())
            self._conn.wait(gen)
        finally:
            if limit.is_on:
                self._conn.wait(limit.end())

    def _wait_outside(self, gen: PQGen[None], timeout: float | None) -> None:
        try:
            self._conn.wait(gen, timeout=timeout)
        except e._WaitTimeout:
            # Still under the lock: no other statement can start before the server has dealt with this cancel.
            self._cancel(gen)

    def _cancel(self, gen: PQGen[None]) -> None:
        try:
            self._conn.cancel_safe(timeout=CANCEL_GRACE)
            self._conn.wait(gen, timeout=CANCEL_GRACE)
        except e.Error as error:
            if self._pgconn.transaction_status != ACTIVE:
                raise
            raise e.QueryCanceled("the server didn't take the cancel: the connection was closed") from error
        finally:
            if self._pgconn.transaction_status == ACTIVE:
                self._conn.close()

    def run_many(self, rows: Iterable[Dumped]) -> None:
        """Send the statement once for each of the dumped *rows*, all in one round trip where libpq can."""
        conn = self._conn
        self.executemany(self._bound.query, rows)
        if conn._pipeline:
            with conn.lock:
                conn.wait(conn._pipeline._fetch_gen(flush=True))


class AsyncStatementCursor(StatementMixin, AsyncCursor[Any]):
    """Run one Statement on an async connection."""

    __slots__ = ()

    async def run(self, timeout: float | None = None, settings: Settings = ()) -> None:  # noqa: ASYNC109 - a limit of the statement, cancelled on the server
        """
        Send the statement and wait for its result; after *timeout* seconds it is cancelled: QueryCanceled.

        With *settings* it is a transaction of its own that has them; the connection is idle and in autocommit.
        """
        conn = self._conn
        if timeout is not None:
            refuse_pipeline(conn)
        gen = run_with(self, settings) if settings else self._execute_gen(b"")
        try:
            async with conn.lock:
                if timeout is not None and in_transaction(conn):
                    await self._wait_inside(gen, ServerLimit(conn, timeout))
                else:
                    await self._wait_outside(gen, timeout)
                if conn._pipeline and not self.pgresult:
                    await conn.wait(conn._pipeline._fetch_gen(flush=True))
        except e._NO_TRACEBACK as error:
            raise error.with_traceback(None) from error.__cause__

    async def _wait_inside(self, gen: PQGen[None], limit: ServerLimit) -> None:
        try:
            await self._conn.wait(limit.begin())
            await self._conn.wait(gen)
        finally:
            if limit.is_on:
                await self._conn.wait(limit.end())

    async def _wait_outside(self, gen: PQGen[None], timeout: float | None) -> None:  # noqa: ASYNC109 - a limit of the statement, cancelled on the server
        try:
            await self._conn.wait(gen, timeout=timeout)
        except e._WaitTimeout:
            # Still under the lock: no other statement can start before the server has dealt with this cancel.
            await self._cancel(gen)

    async def _cancel(self, gen: PQGen[None]) -> None:
        try:
            await self._conn.cancel_safe(timeout=CANCEL_GRACE)
            await self._conn.wait(gen, timeout=CANCEL_GRACE)
        except e.Error as error:
            if self._pgconn.transaction_status != ACTIVE:
                raise
            raise e.QueryCanceled("the server didn't take the cancel: the connection was closed") from error
        finally:
            if self._pgconn.transaction_status == ACTIVE:
                await self._conn.close()

    async def run_many(self, rows: Iterable[Dumped]) -> None:
        """Send the statement once for each of the dumped *rows*, all in one round trip where libpq can."""
        conn = self._conn
        await self.executemany(self._bound.query, rows)
        if conn._pipeline:
            async with conn.lock:
                await conn.wait(conn._pipeline._fetch_gen(flush=True))
