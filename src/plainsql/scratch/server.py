"""Which server scratch databases live on."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from plainsql.config import EMBEDDED_FOLDER, SCRATCH_URL, find_config
from plainsql.target import LINGER, describe_conninfo


@contextmanager
def scratch_server(server: str | None = None, folder: Path | None = None) -> Iterator[str]:
    """
    Yield the conninfo of a role that may make databases.

    Args:
        server: Goes before everything else.
        folder: The project, or a folder in it. Outside of any project the embedded server is a temporary one.
    """
    if found := server or os.environ.get(SCRATCH_URL):
        describe_conninfo(found, "--scratch" if server else SCRATCH_URL)  # a fault in it is told without its password
        yield found
        return
    from plainsql.embedded import EmbeddedPostgres

    config = find_config(folder)
    if config is not None:
        with EmbeddedPostgres.start(config.root / EMBEDDED_FOLDER / "postgres", linger=LINGER) as postgres:
            yield postgres.conninfo()
        return
    with (
        tempfile.TemporaryDirectory(prefix="plainsql-scratch-", ignore_cleanup_errors=True) as home,
        EmbeddedPostgres.start(Path(home)) as postgres,
    ):
        yield postgres.conninfo()
