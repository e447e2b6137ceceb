"""An argument that doesn't fit is refused before anything is sent, and the message never shows its value."""

from __future__ import annotations

import datetime as dt
import enum
import ipaddress
import math
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from plainsql import ParameterError
from plainsql import execute as run
from plainsql.aio import execute as aio
from tests.runtime import ADD_ITEM, count_items, make_items, statement

BOOL, BYTEA, INT8, INT2, INT4, TEXT, JSONB = 16, 17, 20, 21, 23, 25, 3802
FLOAT8, INET, DATE, TIME, TIMESTAMP, TIMESTAMPTZ, INTERVAL, NUMERIC, UUID_ = (
    701, 869, 1082, 1083, 1114, 1184, 1186, 1700, 2950,
)  # fmt: skip
INT8_ARRAY, TEXT_ARRAY, NUMERIC_ARRAY, BOOL_ARRAY, TIMESTAMPTZ_ARRAY = 1016, 1009, 1231, 1000, 1185

NAIVE = dt.datetime(2026, 5, 1, 12)  # noqa: DTZ001 - the naive one is the point
AWARE = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)


class Colour(enum.IntEnum):
    RED = 1


class Mood(enum.StrEnum):
    OK = "ok"


WRONG: list[tuple[int, Any, str]] = [
    (INT8, True, "takes an int of 8 bytes .bigint., found a bool"),
    (INT8, "5", "found a str"),
    (INT8, 5.0, "found a float"),
    (INT8, Decimal(5), "found a Decimal"),
    (INT8, 2**70, "found an int out of range"),
    (INT8, 2**63, "found an int out of range"),
    (INT8, -(2**63) - 1, "found an int out of range"),
    (INT4, 2**31, "takes an int of 4 bytes .integer., found an int out of range"),
    (INT2, 40000, "takes an int of 2 bytes .smallint., found an int out of range"),
    (TEXT, 5, "takes a str without NUL characters .text., found an int"),
    (TEXT, b"x", "found a bytes"),
    (TEXT, "a\0b", "found a str with a NUL character"),
    (TEXT, "\ud800", "found a str"),
    (TEXT, ["a"], "found a list"),
    (BOOL, 1, "takes a bool .boolean., found an int"),
    (BOOL, "no", "found a str"),
    (BYTEA, "abc", "takes bytes .bytea., found a str"),
    (NUMERIC, 1.5, "takes a Decimal or an int .numeric., found a float"),
    (NUMERIC, "1.5", "found a str"),
    (NUMERIC, True, "found a bool"),
    (FLOAT8, True, "takes a float .double precision., found a bool"),
    (FLOAT8, "1", "found a str"),
    (FLOAT8, 10**400, "found an int"),
    (DATE, AWARE, "takes a date that is no datetime .date., found a datetime with zone"),
    (DATE, "2026-05-01", "found a str"),
    (TIMESTAMP, AWARE, "takes a datetime without zone .* found a datetime with zone"),
    (TIMESTAMPTZ, NAIVE, "takes a datetime with zone .* found a datetime without zone"),
    (TIMESTAMPTZ, AWARE.date(), "found a date"),
    (TIMESTAMPTZ, "2026-05-01", "found a str"),
    (TIME, "12:00", "found a str"),
    (INTERVAL, 5, "takes a timedelta .interval., found an int"),
    (UUID_, "c0ffee", "takes a UUID .uuid., found a str"),
    (INET, "127.0.0.1", "takes an ipaddress object .inet., found a str"),
    (JSONB, {"a": object()}, "found a dict: Object of type object is not JSON serializable"),
    (TEXT_ARRAY, "abc", "takes a sequence in which each element is a str .* .text..., found a str"),
    (TEXT_ARRAY, {"a", "b"}, "found a set"),
    (TEXT_ARRAY, (x for x in "ab"), "found a generator"),
    (TEXT_ARRAY, {"a": 1}, "found a dict"),
    (TEXT_ARRAY, ["a", 5], "found a list with an int in it"),
    (TEXT_ARRAY, ["a\0"], "found a list with a str with a NUL character in it"),
    (INT8_ARRAY, [1, True], "found a list with a bool in it"),
    (INT8_ARRAY, (2**70,), "found a tuple with an int out of range in it"),
    (INT8_ARRAY, 5, "found an int"),
    (NUMERIC_ARRAY, [1.5], "found a list with a float in it"),
    (BOOL_ARRAY, [1], "found a list with an int in it"),
    (TIMESTAMPTZ_ARRAY, [NAIVE], "found a list with a datetime without zone in it"),
]

RIGHT: list[tuple[int, Any, Any]] = [
    (INT8, -(2**63), -(2**63)),
    (INT8, Colour.RED, 1),
    (TEXT, Mood.OK, "ok"),
    (TEXT, "", ""),
    (BYTEA, b"\0\xff", b"\0\xff"),
    (BYTEA, bytearray(b"x"), b"x"),
    (NUMERIC, 5, Decimal(5)),
    (NUMERIC, Decimal("1.50"), Decimal("1.50")),
    (FLOAT8, 5, 5.0),
    (FLOAT8, math.inf, math.inf),
    (DATE, AWARE.date(), AWARE.date()),
    (TIMESTAMP, NAIVE, NAIVE),
    (TIMESTAMPTZ, AWARE, AWARE),
    (INTERVAL, dt.timedelta(days=2, seconds=3), dt.timedelta(days=2, seconds=3)),
    (UUID_, UUID(int=7), UUID(int=7)),
    (INET, ipaddress.ip_address("10.0.0.1"), ipaddress.ip_address("10.0.0.1")),
    (JSONB, {"a": [1, None, "x"]}, {"a": [1, None, "x"]}),
    (JSONB, "text", "text"),
    (TEXT_ARRAY, ["a", None, 'q"uo{te', "NULL"], ["a", None, 'q"uo{te', "NULL"]),
    (TEXT_ARRAY, ("a",), ["a"]),
    (TEXT_ARRAY, [["a"], ["b"]], [["a"], ["b"]]),
    (TEXT_ARRAY, [], []),
    (INT8_ARRAY, range(3), [0, 1, 2]),
    (INT8_ARRAY, [1, 2**40], [1, 2**40]),
]


class Nowhere(dt.tzinfo):
    """A zone without an offset: what carries it is naive (Python manual: Aware and Naive Objects)."""

    def utcoffset(self, when: dt.datetime | None) -> None:
        return None

    dst = tzname = utcoffset


@pytest.fixture(scope="module")
def conn(server: str) -> Any:
    with psycopg.connect(server, autocommit=True) as conn:
        yield conn


@pytest.mark.parametrize(("oid", "value", "words"), WRONG, ids=lambda value: type(value).__name__)
def test_an_argument_that_does_not_fit_is_refused(
    conn: psycopg.Connection[Any], oid: int, value: Any, words: str
) -> None:
    with pytest.raises(ParameterError, match=words) as caught:
        run.fetch_value(conn, statement("SELECT $1", types=(oid,), params=("wanted",)), (value,))
    assert str(caught.value).startswith("queries/items.sql:7: query 'items.query': parameter 'wanted' takes ")


@pytest.mark.parametrize(("oid", "value", "back"), RIGHT, ids=lambda value: type(value).__name__)
def test_an_argument_that_fits_arrives_unchanged(
    conn: psycopg.Connection[Any], oid: int, value: Any, back: Any
) -> None:
    assert run.fetch_value(conn, statement("SELECT $1", types=(oid,)), (value,)) == back


@pytest.mark.parametrize("oid", [BOOL, BYTEA, INT8, TEXT, JSONB, UUID_, TEXT_ARRAY, NUMERIC, TIMESTAMPTZ])
def test_none_is_null_for_every_type(conn: psycopg.Connection[Any], oid: int) -> None:
    assert run.fetch_value(conn, statement("SELECT $1 IS NULL", types=(oid,)), (None,)) is True


def test_nothing_was_sent_when_an_argument_is_refused(empty_database: str) -> None:
    make_items(empty_database)
    with psycopg.connect(empty_database) as conn:
        with pytest.raises(ParameterError):
            run.execute(conn, ADD_ITEM, (True, "x"))
        assert conn.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


async def test_nothing_was_sent_when_an_argument_is_refused_async(empty_database: str) -> None:
    make_items(empty_database)
    async with await psycopg.AsyncConnection.connect(empty_database) as conn:
        with pytest.raises(ParameterError):
            await aio.execute(conn, ADD_ITEM, (1, "a\0b"))
        assert conn.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


def test_the_message_never_shows_the_value(conn: psycopg.Connection[Any]) -> None:
    for oid, value in [(INT8, "hunter2"), (TEXT, "hunter2\0"), (UUID_, "hunter2"), (TEXT_ARRAY, ["hunter2", 5])]:
        with pytest.raises(ParameterError) as caught:
            run.fetch_value(conn, statement("SELECT $1", types=(oid,)), (value,))
        assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "row", [{"id": True, "name": "x"}, {"id": 77, "name": "\0"}, {"id": 77}, {"id": 7, "nmae": ""}]
)
def test_one_wrong_row_of_many_is_refused_before_the_first_is_sent(empty_database: str, row: dict[str, Any]) -> None:
    make_items(empty_database)
    with psycopg.connect(empty_database, autocommit=True) as conn, pytest.raises(ParameterError, match=r"sql:7"):
        run.execute_many(conn, ADD_ITEM, [{"id": 50, "name": "fine"}, row])
    assert count_items(empty_database) == 10


async def test_one_wrong_row_of_many_is_refused_before_the_first_is_sent_async(empty_database: str) -> None:
    make_items(empty_database)
    async with await psycopg.AsyncConnection.connect(empty_database, autocommit=True) as conn:
        with pytest.raises(ParameterError, match=r"sql:7"):
            await aio.execute_many(conn, ADD_ITEM, [{"id": 50, "name": "fine"}, {"id": 51, "name": 5}])
    assert count_items(empty_database) == 10


def test_a_uuid_of_each_kind_of_call_is_the_same(conn: psycopg.Connection[Any]) -> None:
    value = uuid4()
    assert run.fetch_value(conn, statement("SELECT $1", types=(UUID_,)), (value,)) == value


def test_a_datetime_whose_zone_has_no_offset_is_refused(conn: psycopg.Connection[Any]) -> None:
    with pytest.raises(ParameterError, match="found a datetime whose zone has no offset"):
        run.fetch_value(conn, statement("SELECT $1", types=(TIMESTAMPTZ,)), (NAIVE.replace(tzinfo=Nowhere()),))
