"""``[tool.plainsql.partitions.<table>]``: which tables have partitions by time, and how long their rows are kept."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from plainsql.errors import ConfigError
from plainsql.spans import Span, parse_span

DETACH = ("concurrently", "blocking")
MAX_PREMAKE = 1000


@dataclass(frozen=True, slots=True)
class PartitionSetting:
    """
    How the partitions of one table are kept.

    Attributes:
        table: Name as in SQL: ``events``, ``metrics.readings``, ``"Events"``.
        interval: Length of a partition.
        premake: How many partitions there are ahead of the one that is written to.
        retain: How long rows are kept: a partition is dropped when all of it is older. None: for ever.
        key: The column that the table is partitioned by, to be sure of it; None: whatever it is.
        detach: ``concurrently`` lets others read and write meanwhile; ``blocking`` locks the whole table for a moment.
    """

    table: str
    interval: Span
    premake: int = 7
    retain: Span | None = None
    key: str | None = None
    detach: str = "concurrently"


def partition_setting(table: str, values: Mapping[str, object], *, origin: str) -> PartitionSetting:
    """
    Return the setting that *values* are.

    Args:
        table: Name as in SQL.
        values: By the names of PartitionSetting's attributes.
        origin: Where they stand, for messages.

    Raises:
        ConfigError: Something is missing, unknown or can't be.
    """
    known = [field.name for field in fields(PartitionSetting) if field.name != "table"]
    for name in values:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            advice = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(known)}"
            raise ConfigError(f"{origin}: unknown key {name!r}; {advice}")
    if not table.strip():
        raise ConfigError(f"{origin}: the name of the table is empty")
    if "interval" not in values:
        raise ConfigError(f"{origin}: interval is missing: how long a partition is, such as '1 day'")
    interval = parse_span(values["interval"], name=f"{origin}: interval")
    retain = values.get("retain")
    premake = values.get("premake", 7)
    if not isinstance(premake, int) or isinstance(premake, bool) or not 1 <= premake <= MAX_PREMAKE:
        raise ConfigError(f"{origin}: premake must be a number of partitions, 1 to {MAX_PREMAKE}, found {premake!r}")
    key = values.get("key")
    if key is not None and (not isinstance(key, str) or not key):
        raise ConfigError(f"{origin}: key must be the name of a column, found {key!r}")
    detach = values.get("detach", "concurrently")
    if detach not in DETACH:
        raise ConfigError(f"{origin}: detach must be 'concurrently' or 'blocking', found {detach!r}")
    return PartitionSetting(
        table=table,
        interval=interval,
        premake=premake,
        retain=None if retain is None else parse_span(retain, name=f"{origin}: retain"),
        key=key,
        detach=str(detach),
    )


def read_partitions(table: object, file: Path) -> tuple[PartitionSetting, ...]:
    """
    Return what ``[tool.plainsql.partitions]`` of *file* says.

    Raises:
        ConfigError: It says something else.
    """
    origin = f"{file}: [tool.plainsql.partitions"
    if not isinstance(table, dict):
        raise ConfigError(f"{origin}] must be a table of tables, found {table!r}")
    found = []
    for name, values in table.items():
        if not isinstance(values, dict):
            raise ConfigError(f'{origin}.{name}] must be a table such as interval = "1 day", found {values!r}')
        found.append(partition_setting(name, values, origin=f"{origin}.{name}]"))
    return tuple(found)
