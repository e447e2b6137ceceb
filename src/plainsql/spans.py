"""
Spans of time as people write them, ``1 day`` or ``3 months``, and the grid that they cut time into.

All in UTC: a day has 24 hours there, whatever the clocks of a country do.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from plainsql.errors import ConfigError

EARLIEST: Final = datetime(1, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(9999, 12, 31, tzinfo=UTC)
"""What Python can hold; further away is taken for these."""
GRID_START: Final = datetime(2001, 1, 1, tzinfo=UTC)
"""A Monday and the first of a month: where spans of minutes to weeks are counted from."""

_SPAN = re.compile(r"(\d{1,9})\s+(minute|hour|day|week|month|year)s?")
_FIXED = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
_MONTHS = {"month": 1, "year": 12}


@dataclass(frozen=True, slots=True)
class Span:
    """
    A number of minutes, hours, days, weeks, months or years; one or more.

    Attributes:
        count: How many.
        unit: Singular: ``day``.
    """

    count: int
    unit: str

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'s' if self.count != 1 else ''}"

    @property
    def months(self) -> int:
        """Length in months; 0 if it is one of seconds."""
        return self.count * _MONTHS.get(self.unit, 0)

    @property
    def length(self) -> timedelta:
        """Length; of months and years the shortest there is."""
        return timedelta(days=28 * self.months) if self.months else self.count * _FIXED[self.unit]

    def floor(self, moment: datetime) -> datetime:
        """Return the start of the cell of the grid that *moment* lies in."""
        moment = moment.astimezone(UTC)
        if not self.months:
            return moment - (moment - GRID_START) % self.length
        number = moment.year * 12 + moment.month - 1
        return _first_of(number - number % self.months)

    def after(self, moment: datetime, times: int = 1) -> datetime:
        """Return *moment* plus *times* the span; the day of a shorter month is its last, as PostgreSQL has it."""
        try:
            if not self.months:
                return moment + times * self.length
            start = _first_of(moment.year * 12 + moment.month - 1 + times * self.months)
        except (OverflowError, ValueError):
            return LATEST if times > 0 else EARLIEST
        day = min(moment.day, calendar.monthrange(start.year, start.month)[1])
        return moment.replace(year=start.year, month=start.month, day=day)

    def before(self, moment: datetime) -> datetime:
        """Return *moment* minus the span."""
        return self.after(moment, -1)

    def label(self, moment: datetime) -> str:
        """Return *moment* as names of partitions have it: as short as tells cells apart."""
        moment = moment.astimezone(UTC)
        if moment != self.floor(moment):
            return moment.strftime("%Y%m%d_%H%M%S")
        layouts = {"year": "%Y", "month": "%Y%m", "week": "%Y%m%d", "day": "%Y%m%d", "hour": "%Y%m%d_%H"}
        # strftime doesn't pad the years before 1000 everywhere
        return f"{moment.year:04}" + moment.strftime(layouts.get(self.unit, "%Y%m%d_%H%M").removeprefix("%Y"))


def parse_span(text: object, *, name: str) -> Span:
    """
    Return what ``1 day`` or ``90 days`` says.

    Args:
        text: The text.
        name: What it is, for messages.

    Raises:
        ConfigError: It is something else.
    """
    match = _SPAN.fullmatch(text.strip().lower()) if isinstance(text, str) else None
    if match is None or int(match[1]) == 0:
        raise ConfigError(
            f"{name} must be a number of minutes, hours, days, weeks, months or years such as '1 day', found {text!r}"
        )
    return Span(int(match[1]), match[2])


def _first_of(number: int) -> datetime:
    return datetime(number // 12, number % 12 + 1, 1, tzinfo=UTC)
