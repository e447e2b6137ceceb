"""Generate again whenever a file is saved."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

from plainsql.codegen import layout
from plainsql.codegen.generate import Outcome, generate
from plainsql.codegen.session import Session, open_session
from plainsql.config import Config

Report = Callable[[Outcome, float], None]


def watch(config: Config, *, dsn: str | None = None, scratch: str | None = None, report: Report) -> None:
    """
    Generate now and after every change below the query and migration folders, until interrupted.

    Args:
        config: The project.
        dsn: As for ``open_session``.
        scratch: As for ``open_session``.
        report: Called after each run with its outcome and its seconds.
    """
    with ExitStack() as stack:
        schema = ""
        session: Session | None = None
        for _ in _changes(config):
            started = time.perf_counter()
            if session is None or schema != layout.schema_of(config) or session.conn.closed:
                stack.close()
                schema = layout.schema_of(config)
                session = stack.enter_context(open_session(config, dsn=dsn, scratch=scratch))
            outcome = generate(config, session.describe())
            report(outcome, time.perf_counter() - started)


def _changes(config: Config) -> Iterator[None]:
    """Yield once at the start and once after each batch of changed .sql files."""
    from watchfiles import watch as watch_files

    folders = [folder for folder in (config.queries, config.migrations) if folder.is_dir()]
    first = True
    # The first time-out comes when the watcher is already set up: a save during the first run is not missed.
    for changes in watch_files(
        *folders, debounce=60, step=20, rust_timeout=200, yield_on_timeout=True, raise_interrupt=True
    ):
        if first or any(path.endswith(".sql") for _, path in changes):
            first = False
            yield None
