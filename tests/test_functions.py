"""The tables of built-in functions against the server: each OID means what they say, and no NULL comes out of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.rows import class_row

from plainsql.nullability import aggregates, functions, set_returning, window_functions
from plainsql.nullability.aggregates import AGGREGATES, Needs
from plainsql.nullability.functions import CAST_TO_TEXT, ELEMENTS_NOT_NULL, FIELDS, NEEDS, OF_NULL_TOO, ONE_OF, TOTAL
from plainsql.nullability.functions.table import oids, signatures
from plainsql.nullability.set_returning import ROWS_NOT_NULL
from plainsql.nullability.window_functions import WINDOW
from tests.fixtures.databases import temporary_database
from tests.fixtures.values import arguments

SCHEMA = """
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE SEQUENCE s;
SELECT nextval('s');
CREATE FUNCTION pg_temp.try(calls text[]) RETURNS TABLE (number bigint, is_null boolean, code text)
LANGUAGE plpgsql AS $$
DECLARE
    call text;
BEGIN
    FOR number, call IN SELECT n, c FROM unnest(calls) WITH ORDINALITY AS x (c, n) LOOP
        BEGIN
            EXECUTE 'SELECT ' || call INTO is_null;
            code := '';
        EXCEPTION WHEN OTHERS THEN
            is_null := NULL;
            code := SQLSTATE;
        END;
        RETURN NEXT;
    END LOOP;
END
$$;
"""

SIGNATURES = signatures(
    *functions.TABLES, functions.ELEMENTS, *aggregates.TABLES, *window_functions.TABLES, *set_returning.TABLES
)

NOT_SUPPORTED = "0A000"

PRIVILEGES = {
    "has_any_column_privilege": "'pg_class', 'SELECT'",
    "has_database_privilege": "current_database(), 'CONNECT'",
    "has_function_privilege": "'now()', 'EXECUTE'",
    "has_language_privilege": "'sql', 'USAGE'",
    "has_parameter_privilege": "'work_mem', 'SET'",
    "has_schema_privilege": "'public', 'USAGE'",
    "has_sequence_privilege": "'s', 'USAGE'",
    "has_table_privilege": "'pg_class', 'SELECT'",
    "has_tablespace_privilege": "'pg_default', 'CREATE'",
    "has_type_privilege": "'int4', 'USAGE'",
}
OWN_ARGUMENTS = {
    "current_setting": "'search_path'",
    "currval": "'s'",
    "json_build_object": "VARIADIC '{a,NULL}'::text[]",
    "jsonb_build_object": "VARIADIC '{a,NULL}'::text[]",
    "pg_cancel_backend": "0",
    "pg_sleep": "0",
    "pg_terminate_backend": "0, 0",
    "set_config": "'search_path', 'public', true",
    "to_ascii": "'a', 'LATIN1'::name",
}
"""For functions that no value at an edge suits, or that any value would hurt."""

MORE_ARGUMENTS = {
    1284: "'day', now(), 'UTC'",  # date_trunc
    1574: "'s'",  # nextval
    2768: "'a', 'b', 'i'",  # regexp_split_to_array
    3462: "2024, 2, 29, 0, 0, 1.5",  # make_timestamptz
    3463: "2024, 2, 29, 0, 0, 1.5, 'UTC'",
    3713: "3722",  # ts_token_type
    3714: "'default'",
    3715: "3722, 'a b'",  # ts_parse
    3716: "'default', 'a b'",
    3938: "now(), now(), '[)'",  # tstzrange
    6251: "'a', 'b', 'c', 1, 0, 'i'",  # regexp_replace
    6256: "'a', 'b', 1, 'i'",  # regexp_count
    6262: "'a', 'b', 1, 1, 0, 'i', 0",  # regexp_instr
    6264: "'a', 'b', 'i'",  # regexp_like
}
"""For functions whose arguments suit each other too rarely."""

NOT_TRIED = {
    *(3000, 3002, 3004),  # has_foreign_data_wrapper_privilege: there is none
    *(3006, 3008, 3010),  # has_server_privilege: there is none
    *(1845, 1846),  # to_ascii in the encoding of the database, UTF8, and by the number of one
}

NULL_OF_VALUES = (
    (362, "lseg '[(0,0),(1,1)]' # lseg '[(0,2),(1,3)]'"),
    (370, "path '[(NaN,NaN)]' <-> path '[(NaN,NaN)]'"),
    (747, "array_dims('{}'::int4[])"),
    (748, "array_ndims('{}'::int4[])"),
    (979, "area('[(0,0),(1,1),(2,0)]'::path)"),
    (980, "box '((0,0),(1,1))' # box '((5,5),(9,9))'"),
    (1171, "date_part('day', 'infinity'::timestamptz)"),
    (1215, "obj_description(4294967295, 'pg_class')"),
    (1316, "'infinity'::timestamp::time"),
    (1384, "date_part('day', 'infinity'::date)"),
    (1387, "pg_get_constraintdef(4294967295)"),
    (1388, "'infinity'::timestamptz::timetz"),
    (1435, "path '[(0,0)]' + path '((5,5))'"),
    (1494, "line '{1,-1,2}' # line '{1,-1,7}'"),
    (1641, "pg_get_viewdef(4294967295)"),
    (1665, "pg_get_serial_sequence('pg_class', 'relname')"),
    (1768, "to_char('1 day'::interval, '')"),
    (1770, "to_char('infinity'::timestamptz, 'YYYY')"),
    (1777, "to_number('1', '')"),
    (1927, "has_table_privilege(4294967295, 'SELECT')"),
    (2019, "'infinity'::timestamptz::time"),
    (2021, "date_part('day', 'infinity'::timestamp)"),
    (2049, "to_char('infinity'::timestamp, 'YYYY')"),
    (2073, "substring('a' FROM 'b')"),
    (2074, "substring('a' SIMILAR 'b' ESCAPE '#')"),
    (2091, "array_lower('{}'::int4[], 1)"),
    (2092, "array_upper('{}'::int4[], 1)"),
    (2176, "array_length('{}'::int4[], 1)"),
    (2332, "pg_relation_size(4294967295::oid, 'main')"),
    (3214, "'{}'::jsonb ->> 'a'"),
    (3215, "'[]'::jsonb -> 0"),
    (3216, "'[]'::jsonb ->> 0"),
    (3217, "'{}'::jsonb #> '{a}'"),
    (3277, "array_position('{1}'::int4[], 2)"),
    (3278, "array_position('{1}'::int4[], 1, 2)"),
    (3281, "scale('NaN')"),
    (3294, "current_setting('no.such', true)"),
    (3348, "txid_current_if_assigned()"),
    (3396, "regexp_match('a', 'b')"),
    (3397, "regexp_match('a', 'b', 'i')"),
    (3478, "'{}'::jsonb -> 'a'"),
    (3493, "to_regtype('no_such')"),
    (3495, "to_regclass('no_such')"),
    (3848, "lower('empty'::int4range)"),
    (3849, "upper('(,)'::int4range)"),
    (3940, "'{}'::jsonb #>> '{a}'"),
    (3947, "'{}'::json -> 'a'"),
    (3948, "'{}'::json ->> 'a'"),
    (3949, "'[]'::json -> 0"),
    (3950, "'[]'::json ->> 0"),
    (3951, "'{}'::json #> '{a}'"),
    (3953, "'{}'::json #>> '{a}'"),
    (4005, "jsonb_path_exists('{}', 'strict $.a', '{}', true)"),
    (4008, "jsonb_path_query_first('{}', '$.a')"),
    (4009, "jsonb_path_match('{}', '$', '{}', true)"),
    (4010, "'{}'::jsonb @? 'strict $.a'"),
    (4011, "'{}'::jsonb @@ '$'"),
    (4086, "to_regnamespace('no_such')"),
    (4235, "lower('{}'::int4multirange)"),
    (4236, "upper('{}'::int4multirange)"),
    (5042, "min_scale('NaN')"),
    (6199, "extract(day FROM 'infinity'::date)"),
    (6202, "extract(day FROM 'infinity'::timestamp)"),
    (6203, "extract(day FROM 'infinity'::timestamptz)"),
    (6265, "regexp_substr('a', 'b')"),
)
"""What is left out, and a call that shows why."""

NULL_OF_VALUES_FROM = {
    170000: (
        (6204, "extract(month FROM 'infinity'::interval)"),
        (6342, "uuid_extract_timestamp('00000000-0000-0000-0000-000000000000')"),
        (6343, "uuid_extract_version('00000000-0000-0000-0000-000000000000')"),
    ),
    180000: (
        (3449, "'null'::jsonb::numeric"),
        (3451, "'null'::jsonb::int4"),
        (3556, "'null'::jsonb::bool"),
    ),
}
"""The same by the version of the server that began it."""


@dataclass(frozen=True)
class Function:
    """A row of pg_proc, types called by typname, and the operators that are this function."""

    oid: int
    name: str
    types: list[str]
    operators: list[str]
    kind: str
    is_set: bool
    is_variadic: bool
    returns_row: bool

    def call(self, arguments: Iterable[str]) -> str:
        """Write a call; an array goes to VARIADIC as one."""
        *others, last = [*arguments] or [""]
        last = f"VARIADIC {last}" if self.is_variadic else last
        return f'pg_catalog."{self.name}"({", ".join([*others, last])})'


FUNCTIONS = """
SELECT
    p.oid::integer AS oid,
    p.proname AS name,
    ARRAY(
        SELECT pg_temp.type_name(t) FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS x (t, n) ORDER BY n
    ) AS types,
    ARRAY(SELECT o.oprname FROM pg_operator AS o WHERE o.oprcode = p.oid) AS operators,
    p.prokind::text AS kind,
    p.proretset AS is_set,
    p.provariadic NOT IN (0, '"any"'::regtype) AS is_variadic,
    p.prorettype = 'record'::regtype OR p.proargmodes::text ~ '[bot]' IS TRUE AS returns_row
FROM pg_proc AS p
WHERE p.oid = ANY (%s)
"""
TYPE_NAME = """
CREATE FUNCTION pg_temp.type_name(oid) RETURNS text LANGUAGE sql AS $$
    SELECT CASE
        WHEN e.oid IS NOT NULL THEN pg_temp.type_name(e.oid) || '[]'
        WHEN t.typname = 'char' THEN '"char"'
        ELSE t.typname
    END
    FROM pg_type AS t LEFT JOIN pg_type AS e ON e.oid = t.typelem AND e.typarray = t.oid
    WHERE t.oid = $1
$$
"""


@pytest.fixture(scope="module")
def conn(server: str) -> Iterator[psycopg.Connection[Any]]:
    with temporary_database(server) as conninfo, psycopg.connect(conninfo, autocommit=True) as conn:
        conn.execute("SET client_min_messages = error")
        conn.execute(SCHEMA)
        conn.execute(TYPE_NAME)
        yield conn


@pytest.fixture(scope="module")
def catalog(conn: psycopg.Connection[Any]) -> dict[int, Function]:
    """Return the functions of the tables that this server has."""
    with conn.cursor(row_factory=class_row(Function)) as cur:
        return {function.oid: function for function in cur.execute(FUNCTIONS, (list(SIGNATURES),))}


def nulls(conn: psycopg.Connection[Any], calls: Iterable[str]) -> dict[str, str]:
    """Return the outcome of each call: NULL, a value, or the SQLSTATE raised."""
    tried = list(calls)
    rows = conn.execute("SELECT * FROM pg_temp.try(%s)", ([f"({call}) IS NULL" for call in tried],))
    return {tried[number - 1]: code or ("NULL" if is_null else "value") for number, is_null, code in rows}


def calls_of(function: Function, *, count: int) -> list[str]:
    """Return calls with values at the edges, and such as surely mean something to the function."""
    prefix = f'pg_catalog."{function.name}"'
    if function.name in PRIVILEGES or function.name == "pg_has_role":
        role = {"name": "current_user, ", "oid": "current_user::regrole::oid, ", "text": ""}
        others = (
            PRIVILEGES.get(function.name)
            or f"'pg_monitor'::{'regrole' if function.types[-2] == 'oid' else 'name'}, 'USAGE'"
        )
        return [f"{prefix}({role[function.types[0]] if len(function.types) == 3 else ''}{others})"]
    if function.types and (own := OWN_ARGUMENTS.get(function.name)):
        return [f"{prefix}({own})"]
    more = [f"{prefix}({MORE_ARGUMENTS[function.oid]})"] if function.oid in MORE_ARGUMENTS else []
    return [function.call(row) for row in arguments(function.types, count=count, seed=function.oid)] + more


def test_every_oid_stands_for_what_the_table_says(conn: psycopg.Connection[Any], catalog: dict[int, Function]) -> None:
    wrong = {}
    for oid, signature in SIGNATURES.items():
        name, _, types = signature.removesuffix(")").partition("(")
        if (function := catalog.get(oid)) is None:
            if conn.info.server_version >= 180000:
                wrong[oid] = f"{signature}: gone"
        elif name not in (function.name, *function.operators) or types != ",".join(function.types):
            wrong[oid] = f"{signature}: {function}"
    later = {oid: SIGNATURES[oid] for oid in (3261, 3262)}  # they took a second argument in 18
    assert later == {3261: "json_strip_nulls(json,bool)", 3262: "jsonb_strip_nulls(jsonb,bool)"}
    if conn.info.server_version < 180000:
        assert all(wrong.pop(oid) for oid in later)
    assert not wrong


def test_tables_hold_only_what_was_assigned_by_hand_and_is_of_its_kind(catalog: dict[int, Function]) -> None:
    def kinds(found: Iterable[int]) -> set[tuple[str, bool]]:
        return {(catalog[oid].kind, catalog[oid].is_set) for oid in found if oid in catalog}

    assert max(SIGNATURES) < 10000
    assert kinds(TOTAL) == {("f", False)}
    assert kinds(AGGREGATES) == {("a", False)}
    assert kinds(WINDOW) == {("w", False)}
    assert kinds(ROWS_NOT_NULL) == {("f", True)}
    assert not [oid for oid in TOTAL if oid in catalog and catalog[oid].returns_row]  # its columns may be NULL
    assert OF_NULL_TOO | NEEDS.keys() | ONE_OF | ELEMENTS_NOT_NULL | CAST_TO_TEXT <= TOTAL
    assert not TOTAL & FIELDS.keys()
    assert not OF_NULL_TOO & NEEDS.keys() | OF_NULL_TOO & ONE_OF | NEEDS.keys() & ONE_OF
    assert len(SIGNATURES) == len(TOTAL | AGGREGATES.keys() | WINDOW.keys() | ROWS_NOT_NULL.keys())


def test_total_functions_return_no_null_of_values(conn: psycopg.Connection[Any], catalog: dict[int, Function]) -> None:
    calls = {
        call: function for oid, function in catalog.items() if oid in TOTAL for call in calls_of(function, count=80)
    }
    outcomes = nulls(conn, calls)
    assert not [call for call, outcome in outcomes.items() if outcome == "NULL"]
    tried = {calls[call].oid for call, outcome in outcomes.items() if outcome in ("value", NOT_SUPPORTED)}
    assert {oid: SIGNATURES[oid] for oid in TOTAL & catalog.keys() - tried - NOT_TRIED} == {}


@pytest.mark.parametrize(("oid", "call"), NULL_OF_VALUES, ids=[call for _, call in NULL_OF_VALUES])
def test_what_returns_null_of_values_is_left_out(conn: psycopg.Connection[Any], oid: int, call: str) -> None:
    assert nulls(conn, [call]) == {call: "NULL"}
    assert oid not in TOTAL


def test_what_returns_null_from_some_version_on_is_left_out_of_all(conn: psycopg.Connection[Any]) -> None:
    for version, calls in NULL_OF_VALUES_FROM.items():
        assert not TOTAL & {oid for oid, _ in calls}
        if conn.info.server_version >= version:
            assert set(nulls(conn, [call for _, call in calls]).values()) == {"NULL"}


def test_arguments_may_be_null_where_the_table_says(
    conn: psycopg.Connection[Any], catalog: dict[int, Function]
) -> None:
    calls = set()
    for oid in (OF_NULL_TOO | NEEDS.keys() | ONE_OF) & catalog.keys():
        function = catalog[oid]
        for row in arguments(function.types, count=60, seed=oid):
            places = range(len(row))
            for absent in [*({place} for place in places), *([] if oid in ONE_OF else [set(places)])]:
                absent -= NEEDS.get(oid, frozenset())
                calls.add(function.call(null_like(row[place]) if place in absent else row[place] for place in places))
    outcomes = nulls(conn, calls)
    assert not [call for call, outcome in outcomes.items() if outcome == "NULL"]
    assert sum(outcome == "value" for outcome in outcomes.values()) > 1000


def null_like(literal: str) -> str:
    return "NULL" if literal.startswith("ROW") else f"NULL::{literal.rpartition('::')[2]}"


@pytest.mark.parametrize(
    "call",
    [
        "concat(NULL, NULL)",
        "concat_ws(',', NULL, 'a', NULL)",
        "format('%s %1$*2$s', NULL, NULL::int4)",
        "json_build_array(NULL, NULL)",
        "json_build_object('a', NULL)",
        "jsonb_build_array(NULL, NULL)",
        "jsonb_build_object('a', NULL)",
        "num_nulls(NULL, NULL)",
        "num_nonnulls(NULL, NULL)",
        "set_config('work_mem', NULL, NULL)",
    ],
)
def test_some_functions_take_nulls_together(conn: psycopg.Connection[Any], call: str) -> None:
    assert nulls(conn, [call]) == {call: "value"}


@pytest.mark.parametrize("name", ["concat", "json_build_array", "json_build_object", "jsonb_build_array", "num_nulls"])
def test_null_for_the_whole_list_is_null(conn: psycopg.Connection[Any], name: str) -> None:
    call = f"{name}(VARIADIC NULL::text[])"
    assert nulls(conn, [call]) == {call: "NULL"}


def test_infinite_times_have_the_fields_listed_and_no_others(conn: psycopg.Connection[Any]) -> None:
    version = conn.info.server_version
    for oid, fields in FIELDS.items():
        function, type_name = conn.execute(
            "SELECT proname, proargtypes[1]::regtype::text FROM pg_proc WHERE oid = %s", (oid,)
        ).fetchone() or ("", "")
        assert SIGNATURES.get(oid) is None
        times = ("infinity", "-infinity") if type_name != "interval" or version >= 170000 else ("1 day",)
        calls = {f"pg_catalog.{function}('{f}', '{time}'::{type_name})": f for f in ALL_FIELDS for time in times}
        outcomes = nulls(conn, calls)
        assert {calls[call] for call, outcome in outcomes.items() if outcome == "value"} >= fields
        assert not {calls[call] for call, outcome in outcomes.items() if outcome == "NULL"} & fields
        if times[0] == "infinity":
            assert {calls[call] for call, outcome in outcomes.items() if outcome == "value"} == fields


ALL_FIELDS = (
    *("century", "day", "decade", "dow", "doy", "epoch", "hour", "isodow", "isoyear", "julian", "microseconds"),
    *("millennium", "milliseconds", "minute", "month", "quarter", "second", "timezone", "timezone_hour"),
    *("timezone_minute", "week", "year"),
)


def test_arrays_hold_no_null_element_where_the_table_says(
    conn: psycopg.Connection[Any], catalog: dict[int, Function]
) -> None:
    calls = {
        f"SELECT FROM unnest({call}) AS x (e) WHERE e IS NULL"
        for oid in ELEMENTS_NOT_NULL & catalog.keys()
        for call in calls_of(catalog[oid], count=60)
    }
    outcomes = nulls(conn, [f"nullif(EXISTS ({query}), true)" for query in calls])
    assert not [call for call, outcome in outcomes.items() if outcome == "NULL"]
    assert sum(outcome == "value" for outcome in outcomes.values()) > 200


def aggregate(function: Function, row: tuple[str, ...]) -> str:
    """Write an aggregate of the columns a, b of x."""
    if function.name.startswith("percentile"):
        return f"{function.name}({row[0]}) WITHIN GROUP (ORDER BY b)"
    if function.name == "mode":
        return "mode() WITHIN GROUP (ORDER BY a)"
    if function.name in ("cume_dist", "dense_rank", "percent_rank", "rank"):
        return f"{function.name}({row[0]}) WITHIN GROUP (ORDER BY a)"
    return f"{function.name}({', '.join(['a', 'b'][: len(row)]) or '*'})"


def test_aggregates_return_no_null_of_the_rows_they_need(
    conn: psycopg.Connection[Any], catalog: dict[int, Function]
) -> None:
    calls: dict[str, int] = {}
    for oid in AGGREGATES.keys() & catalog.keys():
        function, promise = catalog[oid], AGGREGATES[oid]
        for row in arguments(function.types, count=12, seed=oid):
            rows = [row, tuple(v if p in promise.positions else null_like(v) for p, v in enumerate(row))]
            for values in rows if promise.needs is Needs.ROWS or promise.positions == {0} else [row]:
                columns = ", ".join([*values, "1", "1"][:2])
                for source in (f"(VALUES ({columns}))", f"(VALUES ({columns}), ({columns}))"):
                    where = " WHERE false" if promise.needs is Needs.NOTHING else ""
                    query = f"SELECT num_nulls({aggregate(function, row)}) FROM {source} AS x (a, b){where}"
                    calls[f"nullif(({query}), 1)"] = oid
    outcomes = nulls(conn, calls)
    assert not [call for call, outcome in outcomes.items() if outcome == "NULL"]
    tried = {calls[call] for call, outcome in outcomes.items() if outcome in ("value", NOT_SUPPORTED)}
    assert {oid: SIGNATURES[oid] for oid in AGGREGATES.keys() & catalog.keys() - tried} == {}


ONE_ROW_IS_NOT_ENOUGH = {
    "corr": "a, a",
    "covar_samp": "a, a",
    "regr_intercept": "a, a",
    "regr_r2": "a, a",
    "regr_slope": "a, a",
    "stddev": "a",
    "stddev_samp": "a",
    "var_samp": "a",
    "variance": "a",
}


@pytest.mark.parametrize("name", ONE_ROW_IS_NOT_ENOUGH)
def test_aggregates_that_one_row_leaves_null_are_left_out(conn: psycopg.Connection[Any], name: str) -> None:
    call = f"(SELECT {name}({ONE_ROW_IS_NOT_ENOUGH[name]}) FROM (VALUES (1)) AS x (a))"
    assert nulls(conn, [call]) == {call: "NULL"}
    assert not [oid for oid in AGGREGATES if SIGNATURES[oid].startswith(f"{name}(")]


def test_window_functions_return_no_null_of_the_rows_they_need(
    conn: psycopg.Connection[Any], catalog: dict[int, Function]
) -> None:
    for oid, promise in WINDOW.items():
        function = catalog[oid]
        for frame in ("", "ROWS CURRENT ROW" if promise.frame else "ROWS BETWEEN 2 FOLLOWING AND 1 FOLLOWING"):
            for offset in (0, 1, -1, 99, -99):
                values = ["3"] if function.name == "ntile" else ["a", str(offset), "a"][: len(function.types)]
                query = (
                    f"SELECT num_nulls({function.name}({', '.join(values)}) OVER w) "
                    f"FROM generate_series(1, 5) AS x (a) WINDOW w AS (PARTITION BY a / 2 ORDER BY a {frame})"
                )
                assert {value for (value,) in conn.execute(query)} == {0}, query


def test_rows_of_sets_hold_no_null_where_the_table_says(
    conn: psycopg.Connection[Any], catalog: dict[int, Function]
) -> None:
    broken, filled = set[str](), dict[str, int]()
    for oid in ROWS_NOT_NULL.keys() & catalog.keys():
        columns = [f"c{number}" for number, _ in enumerate(ROWS_NOT_NULL[oid])]
        kept = ", ".join(column for column, promised in zip(columns, ROWS_NOT_NULL[oid], strict=True) if promised)
        with_nulls = [
            catalog[oid].call(null_like(v) if p == absent else v for p, v in enumerate(row))
            for row in arguments(catalog[oid].types, count=30, seed=oid)
            for absent in range(len(row))
        ]
        for call in calls_of(catalog[oid], count=60) + with_nulls:
            # A set in a select list comes row by row, so that LIMIT ends those without end.
            rows = f"{f'(SELECT {call} LIMIT 20)' if len(columns) == 1 else call} AS x ({', '.join(columns)})"
            broken.add(f"nullif(EXISTS (SELECT FROM {rows} WHERE num_nulls({kept}) > 0), true)")
            filled[f"nullif(EXISTS (SELECT FROM {rows}), false)"] = oid
    assert not [call for call, outcome in nulls(conn, broken).items() if outcome == "NULL"]
    assert {filled[call] for call, outcome in nulls(conn, filled).items() if outcome == "value"} == set(filled.values())


@pytest.mark.parametrize(
    "query",
    [
        "SELECT x FROM json_array_elements_text('[null]') AS x",
        "SELECT x FROM jsonb_array_elements_text('[null]') AS x",
        "SELECT x FROM string_to_table('a,b', ',', 'a') AS x",
        "SELECT x FROM unnest('{NULL}'::text[]) AS x",
        "SELECT value FROM json_each_text('{\"a\": null}')",
        "SELECT value FROM jsonb_each_text('{\"a\": null}')",
        "SELECT positions FROM unnest('a'::tsvector)",
    ],
)
def test_columns_of_sets_that_hold_null_are_left_out(conn: psycopg.Connection[Any], query: str) -> None:
    assert (None,) in conn.execute(query).fetchall()


def test_casts_of_users_may_return_null_behind_concatenation(conn: psycopg.Connection[Any]) -> None:
    with conn.transaction(force_rollback=True):
        conn.execute(
            """
            CREATE TYPE pair AS (a integer, b integer);
            CREATE FUNCTION pair_text(pair) RETURNS text LANGUAGE sql RETURN NULL;
            CREATE CAST (pair AS text) WITH FUNCTION pair_text;
            """
        )
        calls = {"'a' || ROW(1, 2)::pair", "ROW(1, 2)::pair || 'a'", "quote_literal(ROW(1, 2)::pair)"}
        assert nulls(conn, calls) == dict.fromkeys(calls, "NULL")
    assert {SIGNATURES[oid] for oid in CAST_TO_TEXT} == {
        "||(text,anynonarray)",
        "||(anynonarray,text)",
        "quote_literal(anyelement)",
    }


@given(st.dictionaries(st.integers(1, 9999), st.lists(st.sampled_from(["int4", "text[]", '"char"']), max_size=9)))
def test_any_table_reads_back(overloads: dict[int, list[str]]) -> None:
    words = ["@>"] + [f"{oid}({','.join(types)})" for oid, types in overloads.items()]
    table = "\n" + "".join(word + (" " if number % 3 else "\n    ") for number, word in enumerate(words, 1)) + "\n"
    assert oids(table) == overloads.keys()
    assert signatures(table) == {oid: f"@>({','.join(types)})" for oid, types in overloads.items()}
