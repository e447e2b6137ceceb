"""Spans of time and the grid they cut time into."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plainsql.errors import ConfigError
from plainsql.partition_settings import partition_setting
from plainsql.partitions.model import Cell
from plainsql.partitions.planning import missing_cells
from plainsql.spans import Span, parse_span

units = st.sampled_from(["minute", "hour", "day", "week", "month", "year"])
spans = st.builds(Span, st.integers(1, 40), units)
moments = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2200, 1, 1), timezones=st.timezones())  # noqa: DTZ001


@given(spans)
def test_a_span_is_read_as_it_prints(span: Span) -> None:
    assert parse_span(str(span), name="x") == span
    assert parse_span(f" {span} ".upper(), name="x") == span


@pytest.mark.parametrize(
    "text", ["", "day", "1", "-1 day", "0 days", "1.5 days", "1 day 2 hours", "1 fortnight", 1, None]
)
def test_what_is_no_span_is_refused(text: object) -> None:
    with pytest.raises(ConfigError, match="retain must be a number of minutes, hours, days"):
        parse_span(text, name="retain")


@given(spans, moments)
def test_every_moment_lies_in_one_cell_of_the_grid(span: Span, moment: dt.datetime) -> None:
    lower = span.floor(moment)
    assert lower <= moment < span.after(lower)
    assert span.floor(lower) == lower
    assert span.floor(span.after(lower)) == span.after(lower)
    assert span.label(lower) != span.label(span.after(lower))
    assert (lower.tzinfo, lower.utcoffset()) == (dt.UTC, dt.timedelta(0))


def test_months_are_subtracted_as_postgresql_does(server: str) -> None:
    with psycopg.connect(server) as conn:
        conn.execute("SET TimeZone = 'UTC'")
        for day in ("2026-03-31", "2028-03-31", "2028-02-29", "2026-01-31", "2026-12-31", "2026-05-30"):
            for span in ("1 month", "13 months", "1 year", "4 years", "90 days", "2 weeks", "36 hours"):
                row = conn.execute(
                    "SELECT %s::timestamptz, %s::timestamptz - %s::interval", (day, day, span)
                ).fetchone()
                assert row is not None
                assert parse_span(span, name="x").before(row[0]) == row[1], (day, span)


@given(
    spans,
    moments,
    st.lists(st.tuples(st.integers(-2000, 2000), st.integers(1, 500)), max_size=6),
    st.integers(1, 20),
)
def test_cells_fill_what_is_free_and_nothing_else(
    span: Span, now: dt.datetime, drawn: list[tuple[int, int]], premake: int
) -> None:
    """Held pieces of any size lie around now; afterwards every moment from the start on is held exactly once."""
    now = now.astimezone(dt.UTC)
    unit = span.length / 7
    held: list[Cell] = []
    for offset, length in sorted(drawn):
        lower = now + offset * unit / 50
        if not held or held[-1].upper <= lower:
            held.append(Cell(lower, lower + length * unit / 50))
    setting = partition_setting("t", {"interval": str(span), "premake": premake}, origin="test")
    start = span.floor(min([cell.lower for cell in held] + [now]))
    made = missing_cells(setting, held, now, start=start)
    end = span.after(span.floor(now), premake + 1)
    everything = sorted([*held, *made], key=lambda cell: cell.lower)
    assert all(one.upper <= two.lower for one, two in pairwise(everything))
    covered = [cell for cell in everything if cell.lower < end and cell.upper > start]
    assert covered[0].lower <= start
    assert all(one.upper == two.lower for one, two in pairwise(covered))
    assert covered[-1].upper >= end
    assert all(cell.upper <= span.after(span.floor(cell.lower)) for cell in made)
    again = missing_cells(setting, everything, now, start=start)
    assert again == []
