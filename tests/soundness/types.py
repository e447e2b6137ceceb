"""The types of the random schemas and values of them, with those that functions stumble over."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SqlType:
    """A type: *usual* values are drawn most of the time, *edges* now and then."""

    name: str
    usual: tuple[str, ...]
    edges: tuple[str, ...] = ()
    element: str | None = None
    ordered: bool = True


_DATES = ("2024-01-01", "2024-02-29", "2025-12-31", "2024-01-02")
_TIMES = ("2024-01-01 10:00", "2024-02-29 00:00", "2025-12-31 23:59:59")

TYPES = {
    type.name: type
    for type in (
        SqlType("integer", ("0", "1", "2", "3", "4", "-1"), ("100", "2147483647", "-2147483648")),
        SqlType("smallint", ("0", "1", "2"), ("32767",)),
        SqlType("bigint", ("0", "1", "2", "3"), ("-1", "9223372036854775807")),
        SqlType("numeric", ("0", "1", "1.5", "2", "-1"), ("NaN", "Infinity", "-Infinity", "1e30")),
        SqlType("float8", ("0", "1", "0.5", "2", "-1"), ("NaN", "Infinity", "-Infinity", "-0", "1e-300")),
        SqlType("text", ("a", "b", "abc", "1", "x y", "B"), ("", "%", "_a", "{}", "é", " ", "2024-01-01")),
        SqlType("varchar", ("a", "b", "abc", "2"), ("", "%")),
        SqlType("boolean", ("true", "false")),
        SqlType("date", _DATES, ("infinity", "-infinity", "4713-01-01 BC")),
        SqlType("timestamp", _TIMES, ("infinity", "-infinity")),
        SqlType("timestamptz", tuple(time + "+00" for time in _TIMES), ("infinity", "-infinity")),
        SqlType("time", ("00:00", "10:30", "23:59:59"), ("24:00",)),
        SqlType("interval", ("1 day", "1 hour", "00:00", "1 month", "-1 day"), ("1000 years", "0.000001 s")),
        SqlType(
            "jsonb",
            ('{"a": 1, "b": null}', '{"a": {"b": [1, 2]}}', "[1, null, 2]", '{"c": "x"}', "1", '[{"a": 1}, {"a": 2}]'),
            ("null", "{}", "[]", '""', "true", "[[]]"),
        ),
        SqlType("json", ('{"a": 1, "b": null}', "[1, null, 2]", "1"), ("null", "{}", "[]"), ordered=False),
        SqlType(
            "uuid",
            ("00000000-0000-4000-8000-000000000001", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
            ("00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
        ),
        SqlType("bytea", (r"\x", r"\x00", r"\x6162"), (r"\xff00",)),
        SqlType("inet", ("10.0.0.1", "10.0.0.0/8", "::1"), ("0.0.0.0/0",)),
        SqlType("oid", ("1", "1259", "0")),
        SqlType("tsvector", ("a:1 b:2", "cat"), ("",)),
        SqlType("tsquery", ("a", "a & b", "cat | dog"), ("",)),
        SqlType("point", ("(0,0)", "(1,2)"), ("(NaN,0)", "(Infinity,0)"), ordered=False),
        SqlType("bit", ("0", "1")),
        SqlType("mood", ("sad", "ok", "happy")),
        SqlType("pair", ("(1,a)", "(2,b)", "(1,)"), ("(,)", "(,a)")),
        SqlType("deep", ('("(1,a)","{a,NULL}","{""a"": null}")', '(,"{b}",1)', '("(,)",,)'), ("(,,)",)),
        SqlType("posint", ("1", "2", "3")),
        SqlType("filled", ("a", "b", "abc")),
        SqlType("nothing_checked", ("1", "2")),
        SqlType(
            "integer[]",
            ("{1,2}", "{1,NULL,3}", "{0}", "{2,1}"),
            ("{}", "{NULL}", "[0:1]={1,2}", "{{1,2},{3,4}}"),
            "integer",
        ),
        SqlType("text[]", ("{a,b}", "{a,NULL}", "{abc}"), ("{}", "{NULL}", '{""}', "{{a},{b}}"), "text"),
        SqlType("mood[]", ("{sad}", "{ok,NULL}"), ("{}",), "mood"),
        SqlType("pair[]", ('{"(1,a)"}', '{"(1,a)",NULL}', '{"(,b)","(2,)"}'), ("{}", "{NULL}"), "pair"),
        SqlType("jsonb[]", ('{1,"{\\"a\\": null}"}', "{NULL,null}", "{1}"), ("{}", "{NULL}"), "jsonb"),
        SqlType("int4range", ("[1,3)", "[1,1]", "[2,)"), ("empty", "(,)", "(,1)")),
        SqlType("int4multirange", ("{[1,3)}", "{[1,2),[5,)}"), ("{}", "{(,)}")),
        SqlType("daterange", ("[2024-01-01,2024-02-01)", "[2024-01-01,)"), ("empty", "(,)", "[-infinity,infinity]")),
    )
}

BASES = {"posint": "integer", "filled": "text", "varchar": "text", "nothing_checked": "integer", "smallint": "integer"}
"""Types whose values stand where another is wanted: domains, and two that are cast implicitly."""

COLUMN_TYPES = {
    "integer": 24,
    "text": 12,
    "bigint": 5,
    "numeric": 5,
    "float8": 3,
    "boolean": 6,
    "date": 4,
    "timestamptz": 5,
    "interval": 3,
    "jsonb": 5,
    "uuid": 3,
    "mood": 4,
    "integer[]": 9,
    "text[]": 6,
    "int4range": 3,
    "pair": 4,
    "posint": 4,
    "filled": 4,
    "nothing_checked": 2,
    "varchar": 3,
    "timestamp": 2,
    "smallint": 2,
    "bytea": 1,
    "int4multirange": 2,
    "daterange": 1,
    "inet": 1,
    "mood[]": 1,
    "pair[]": 1,
    "jsonb[]": 1,
    "deep": 1,
}
"""Types of columns with their weights."""

NO_EQUALITY = frozenset({"json", "point", "record", "made"})
"""Without an equality operator, or perhaps without: no key, no DISTINCT, no UNION."""


def quote(value: str) -> str:
    """Return *value* as a string constant."""
    return "'" + value.replace("'", "''") + "'"


def constant(type: str, value: str) -> str:
    """Return *value* as a constant of *type*."""
    if type == "boolean":
        return value
    if type == "integer" and value != "-2147483648":
        return f"({value})" if value.startswith("-") else value
    if type == "numeric" and "." in value:
        return value
    return f"{quote(value)}::{type}"
