"""Types, functions, operators, casts and aggregates of every schema: most return NULL when nobody expects it."""

from __future__ import annotations

from tests.soundness.draw import Draw
from tests.soundness.schema import SetFunction

PRELUDE = [
    "CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')",
    "CREATE TYPE pair AS (a integer, b text)",
    "CREATE TYPE deep AS (p pair, gone integer, tags text[], doc jsonb)",
    "ALTER TYPE deep DROP ATTRIBUTE gone",
    "CREATE DOMAIN posint AS integer CHECK (VALUE > 0)",
    "CREATE DOMAIN filled AS text NOT NULL",
    "CREATE DOMAIN nothing_checked AS integer",
    "ALTER DOMAIN nothing_checked ADD CONSTRAINT late CHECK (VALUE IS NOT NULL) NOT VALID",
    "CREATE FUNCTION strict_null(integer) RETURNS integer STRICT IMMUTABLE LANGUAGE sql AS 'SELECT NULL::integer'",
    "CREATE FUNCTION strict_half(integer) RETURNS integer STRICT IMMUTABLE LANGUAGE sql AS "
    "'SELECT CASE WHEN $1 % 2 = 0 THEN $1 / 2 END'",
    "CREATE FUNCTION loose_same(integer) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT $1'",
    "CREATE FUNCTION never_null(integer) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT coalesce($1, 0)'",
    "CREATE FUNCTION plpgsql_null(text) RETURNS text STRICT LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
    "CREATE FUNCTION filled_null() RETURNS filled LANGUAGE sql AS 'SELECT (SELECT ''x''::filled WHERE false)'",
    "CREATE FUNCTION mood_number(mood) RETURNS integer STRICT IMMUTABLE LANGUAGE sql AS "
    "$$ SELECT CASE $1 WHEN 'ok' THEN 1 END $$",
    "CREATE CAST (mood AS integer) WITH FUNCTION mood_number(mood)",
    "CREATE FUNCTION unsure(integer, text) RETURNS boolean STRICT IMMUTABLE LANGUAGE sql AS 'SELECT NULL::boolean'",
    "CREATE OPERATOR = (LEFTARG = integer, RIGHTARG = text, FUNCTION = unsure)",
    "CREATE FUNCTION loose_equal(integer, integer) RETURNS boolean IMMUTABLE LANGUAGE sql AS "
    "'SELECT $1 IS NOT DISTINCT FROM $2 OR $1 IS NULL'",
    "CREATE OPERATOR === (LEFTARG = integer, RIGHTARG = integer, FUNCTION = loose_equal)",
    "CREATE FUNCTION nulls(integer) RETURNS SETOF integer LANGUAGE sql AS 'SELECT NULL::integer UNION ALL SELECT $1'",
    "CREATE FUNCTION pairs(integer) RETURNS SETOF pair LANGUAGE sql AS "
    "$$ SELECT 1, NULL::text UNION ALL SELECT $1, 'a' UNION ALL SELECT NULL, NULL $$",
    "CREATE FUNCTION strict_rows(integer, OUT x integer, OUT y text) RETURNS SETOF record STRICT LANGUAGE plpgsql AS "
    "$$ BEGIN RETURN NEXT; x := 1; y := 'a'; RETURN NEXT; END $$",
    "CREATE FUNCTION table_rows() RETURNS TABLE (x integer, y text) LANGUAGE sql AS $$ SELECT 1, NULL::text $$",
    "CREATE FUNCTION one_pair(integer) RETURNS pair LANGUAGE sql AS $$ SELECT ($1, 'a')::pair $$",
    "CREATE FUNCTION moods() RETURNS SETOF mood LANGUAGE sql AS $$ SELECT 'ok'::mood UNION ALL SELECT NULL $$",
    "CREATE AGGREGATE last_one(integer) (SFUNC = int4larger, STYPE = integer)",
    "CREATE FUNCTION forget(bigint) RETURNS bigint IMMUTABLE LANGUAGE sql AS 'SELECT NULL::bigint'",
    "CREATE AGGREGATE count_or_null(integer) (SFUNC = int4_sum, STYPE = bigint, INITCOND = '0', FINALFUNC = forget)",
]

SET_FUNCTIONS = [
    SetFunction("nulls", ("integer",), (("nulls", "integer"),)),
    SetFunction("pairs", ("integer",), (("a", "integer"), ("b", "text"))),
    SetFunction("strict_rows", ("integer",), (("x", "integer"), ("y", "text"))),
    SetFunction("table_rows", (), (("x", "integer"), ("y", "text"))),
    SetFunction("one_pair", ("integer",), (("a", "integer"), ("b", "text"))),
    SetFunction("moods", (), (("moods", "mood"),)),
    SetFunction("loose_same", ("integer",), (("loose_same", "integer"),)),
]


def add_prelude(draw: Draw) -> None:
    """Add what every schema has."""
    schema = draw.schema
    schema.ddl += PRELUDE
    schema.functions += SET_FUNCTIONS
    late = "ALTER DOMAIN nothing_checked ADD CONSTRAINT late CHECK (VALUE IS NOT NULL) NOT VALID"
    schema.around_data.append(("ALTER DOMAIN nothing_checked DROP CONSTRAINT late", late))


def add_row_functions(draw: Draw) -> None:
    """Add functions that return rows of a table's type, full of NULL."""
    schema = draw.schema
    for table in schema.tables:
        if draw.chance(35):
            nulls = ", ".join(
                f"NULL::{column.type}"
                if column.type not in ("filled", "nothing_checked")
                else f"(SELECT '1'::{column.type} WHERE false)"
                for column in table.columns
            )
            name = f"rows_of_{table.name}"
            schema.ddl.append(
                f"CREATE FUNCTION {name}() RETURNS SETOF {table.name} LANGUAGE sql AS "
                f"$$ SELECT {nulls} UNION ALL SELECT * FROM {table.name} $$"
            )
            columns = tuple((column.name, column.type) for column in table.columns)
            schema.functions.append(SetFunction(name, (), columns))
