"""Generate again whenever a file is saved."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial

import psycopg

from plainsql.codegen import layout
from plainsql.codegen.generate import Outcome, generate
from plainsql.codegen.session import Described, Session, open_session
from plainsql.config import Config
from plainsql.errors import PlainSQLError

Report = Callable[[Outcome, float], None]
Failed = Callable[[Exception], None]


def watch(
    config: Config, *, dsn: str | None = None, scratch: str | None = None, report: Report, failed: Failed
) -> None:
    """
    Generate now and after every change below the query and migration folders, until interrupted.

    Args:
        config: The project.
        dsn: As for ``open_session``.
        scratch: As for ``open_session``.
        report: Called after each run with its outcome and its seconds.
        failed: Called instead when a run after the first fails: a migration is broken, the server is away, the disk
            is full. The next save tries again.
    """
    with ExitStack() as stack:
        source = _Source(config, dsn, scratch, stack)
        is_first = True
        for _ in _changes(config):
            started = time.perf_counter()
            try:
                report(generate(config, source.describe()), time.perf_counter() - started)
            except (PlainSQLError, psycopg.Error, OSError) as error:
                if is_first:
                    raise
                source.close()
                failed(error)
            is_first = False


class _Source:
    """Describes the query files on a session that is opened again when migrations change or the server went away."""

    def __init__(self, config: Config, dsn: str | None, scratch: str | None, stack: ExitStack) -> None:
        self._config = config
        self._open = partial(open_session, config, dsn=dsn, scratch=scratch)
        self._stack = stack
        self._session: Session | None = None
        self._schema = ""

    def describe(self) -> Described:
        schema = layout.schema_of(self._config)
        if self._session is not None and schema == self._schema:
            try:
                return self._session.describe()
            except psycopg.OperationalError:
                if not self._session.conn.closed:
                    raise
        self.close()
        self._session, self._schema = self._stack.enter_context(self._open()), schema
        return self._session.describe()

    def close(self) -> None:
        self._session = None
        self._stack.close()


def _changes(config: Config) -> Iterator[None]:
    """Yield once at the start and once after each batch of changed .sql files, or modules of hooks."""
    from watchfiles import watch as watch_files

    hooks = layout.hooks_of(config).files()
    folders = [folder for folder in (config.queries, config.migrations) if folder.is_dir()]
    folders += list(dict.fromkeys(path.parent for path in hooks))
    watched = tuple(map(str, hooks))
    first = True
    # The first time-out comes when the watcher is already set up: a save during the first run is not missed.
    for changes in watch_files(
        *folders, debounce=60, step=20, rust_timeout=200, yield_on_timeout=True, raise_interrupt=True
    ):
        if first or any(path.endswith((".sql", *watched)) for _, path in changes):
            first = False
            yield None
