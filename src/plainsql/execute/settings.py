"""
Settings of one transaction, such as app.tenant_id: set in the round trip that opens the transaction.

A statement by itself goes out with them in one pipeline before one Sync: set_config, then the statement. Until the Sync
the server runs both in one transaction that it commits or undoes itself (manual: Pipelining), so a call costs no
second round trip, and no BEGIN can stay open behind it. Setting and statement reach a transaction pooler together.

Each setting is a parameter of set_config(…, true): nothing is interpolated, and it ends with the transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import psycopg
from psycopg import errors, generators, pq
from psycopg._preparing import Prepare
from psycopg.abc import PQGen
from psycopg.pq.abc import PGresult

from plainsql.execute.bound import BoundQuery

if TYPE_CHECKING:
    from plainsql.execute.cursor import StatementMixin

Settings: TypeAlias = tuple[tuple[str, str], ...]
"""Names and values."""

TEXT = pq.Format.TEXT
DONE = (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK)
FATAL_ERROR = pq.ExecStatus.FATAL_ERROR
PIPELINE_SYNC = pq.ExecStatus.PIPELINE_SYNC
TEXT_OID = 25

AnyConnection: TypeAlias = psycopg.Connection[Any] | psycopg.AsyncConnection[Any]


class Command(NamedTuple):
    """A query of a pipeline; *prepare* as psycopg has it: None is by its threshold."""

    query: BoundQuery
    format: pq.Format = TEXT
    prepare: bool | None = None


def run_with(cur: StatementMixin, settings: Settings) -> PQGen[None]:
    """Run the statement of *cur* in a transaction of its own that has *settings*; the connection is idle."""
    cur._reset()
    conn = cur._conn
    _, results = yield from _pipelined(conn, [_set_config(conn, settings), Command(cur._bound, cur.format)])
    cur._check_results(results)
    cur._set_results(results)


def begin_with(conn: AnyConnection, begin: bytes, settings: Settings) -> PQGen[None]:
    """Open a transaction by *begin* and give it *settings*, in one round trip."""
    command = Command(BoundQuery(begin, (), [], None), prepare=False)
    yield from _pipelined(conn, [command, _set_config(conn, settings)] if settings else [command])


def set_local(conn: AnyConnection, settings: Settings) -> PQGen[None]:
    """Give the transaction that is open *settings*."""
    yield from _pipelined(conn, [_set_config(conn, settings)])


def _set_config(conn: AnyConnection, settings: Settings) -> Command:
    query, types, formats = _call(len(settings))
    params = [word.encode(conn.pgconn._encoding) for pair in settings for word in pair]
    return Command(BoundQuery(query, types, formats, params))


@lru_cache
def _call(count: int) -> tuple[bytes, tuple[int, ...], list[pq.Format]]:
    calls = (b"pg_catalog.set_config($%d, $%d, true)" % (2 * i + 1, 2 * i + 2) for i in range(count))
    return b"SELECT " + b", ".join(calls), (TEXT_OID,) * (2 * count), [TEXT] * (2 * count)


def _pipelined(conn: AnyConnection, commands: Sequence[Command]) -> PQGen[list[list[PGresult]]]:
    """
    Send all *commands* before one Sync and return the results of each.

    psycopg's own pipeline goes back and forth for each command and costs ten times as much.

    Raises:
        psycopg.Error: The first error that the server met, the commit's included.
    """
    pgconn = conn.pgconn
    yield from conn._prepared.maintain_gen(conn)  # a DEALLOCATE ALL that waits would take what is prepared below
    fetched: list[list[PGresult]] = []
    pgconn.enter_pipeline_mode()
    try:
        sent = [_send(conn, command) for command in commands]
        pgconn.pipeline_sync()
        yield from generators.send(pgconn)
        while (results := (yield from generators.fetch_many(pgconn))) and results[0].status != PIPELINE_SYNC:
            fetched.append(results)
        pgconn.exit_pipeline_mode()
    except BaseException:
        pgconn.finish()  # what may still come would meet the next query
        _raise_first(fetched, pgconn._encoding)
        raise
    given = iter(fetched)
    found = [_taken(conn, command, *how, given) for command, how in zip(commands, sent, strict=True)]
    _raise_first(fetched, pgconn._encoding)
    return found


def _send(conn: AnyConnection, command: Command) -> tuple[Prepare, bytes]:
    query, pgconn = command.query, conn.pgconn
    prep, name = conn._prepared.get(query, command.prepare)
    if prep is Prepare.SHOULD:
        pgconn.send_prepare(name, query.query, param_types=query.types)
    if prep is Prepare.NO:
        pgconn.send_query_params(
            query.query,
            query.params,
            param_types=query.types,
            param_formats=query.formats,
            result_format=command.format,
        )
    else:
        pgconn.send_query_prepared(name, query.params, param_formats=query.formats, result_format=command.format)
    return prep, name


def _taken(
    conn: AnyConnection, command: Command, prep: Prepare, name: bytes, given: Iterator[list[PGresult]]
) -> list[PGresult]:
    """Take the results of *command* from those *given*, and tell psycopg's cache what is prepared by now."""
    is_there = prep is not Prepare.SHOULD or next(given)[-1].status in DONE
    results = next(given)
    if is_there and command.prepare is not False and results[-1].status in (*DONE, FATAL_ERROR):
        key = conn._prepared.maybe_add_to_cache(command.query, prep, name)
        if key is not None:
            conn._prepared.validate(key, prep, name, results)
    return results


def _raise_first(fetched: Sequence[Sequence[PGresult]], encoding: str) -> None:
    """Raise the first error among results. One behind the last command is the commit's: a deferred constraint."""
    for results in fetched:
        if results[-1].status == FATAL_ERROR:
            raise errors.error_from_result(results[-1], encoding=encoding)
