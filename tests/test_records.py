"""Records in rows: which columns stand together, whether they are there, and what is then certain of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plainsql.describe import Describer
from plainsql.describe.changes import Changes
from plainsql.describe.model import Description
from plainsql.describe.records import RowRecord, columns_of, layout, questions, records_of
from plainsql.describe.report import report
from plainsql.describe.versions import Locking
from tests.fixtures.databases import temporary_database
from tests.fixtures.queries import load_text

SCHEMA = """
CREATE TABLE customer (id bigint PRIMARY KEY, name text NOT NULL, city text);
CREATE TABLE ord (id bigint PRIMARY KEY, customer_id bigint REFERENCES customer, total numeric NOT NULL, note text,
    version integer NOT NULL DEFAULT 1);
CREATE TABLE item (order_id bigint NOT NULL REFERENCES ord, line integer, sku text NOT NULL, gift text,
    PRIMARY KEY (order_id, line));
CREATE VIEW told AS SELECT o.id, c.id AS customer_id, c.name
    FROM ord AS o LEFT JOIN customer AS c ON c.id = o.customer_id;
"""
CUSTOMER = 'c.id AS "customer.id", c.name AS "customer.name", c.city AS "customer.city"'
LOCK = """
WITH current AS (SELECT o.id, o.version, o.note FROM ord AS o WHERE o.id = :order_id FOR UPDATE),
written AS (
    UPDATE ord AS o SET note = :note, version = o.version + 1 FROM current AS c
    WHERE o.id = c.id AND c.version = :version RETURNING o.id, o.version, o.note
)
SELECT w.id, w.version, w.note, c.version AS "current.version", c.note AS "current.note"
FROM current AS c LEFT JOIN written AS w ON w.id = c.id
"""


class NoProblems:
    """A catalog without faults."""

    problems = ()


@pytest.fixture(scope="module")
def conn(server: str) -> Iterator[psycopg.Connection[Any]]:
    with temporary_database(server) as conninfo, psycopg.connect(conninfo, autocommit=True) as conn:
        conn.execute(SCHEMA)
        yield conn


def describe(conn: psycopg.Connection[Any], sql: str, directives: str = "", suffix: str = "") -> Description:
    lines = "".join(f"-- {line}\n" for line in directives.splitlines())
    names = [
        name for name in ("order_id", "version", "note", "ids", "versions", "factor") if re.search(rf":{name}\b", sql)
    ]
    (query,) = load_text(f"-- name: q({', '.join(names)}){suffix}\n{lines}{sql};\n").values()
    return Describer(conn).describe(query)


def told(conn: psycopg.Connection[Any], sql: str) -> str:
    """Return the records of a row: ``customer? id! city?``: whether it may be absent, what is certain in it."""
    described = describe(conn, sql)
    assert described.problem is None, described.problem
    assert isinstance(described.form, tuple)
    return "; ".join(
        f"{record.path}{'?' if record.nullable else '!'} "
        + " ".join(
            f"{name}{'!' if member in record.certain else '?'}"
            for name, member in record.members
            if isinstance(member, int)
        )
        for record in records_of(described.form)
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("ord AS o JOIN customer AS c ON c.id = o.customer_id", "customer! id! name! city?"),
        ("ord AS o LEFT JOIN customer AS c ON c.id = o.customer_id", "customer? id! name! city?"),
        ("customer AS c RIGHT JOIN ord AS o ON c.id = o.customer_id", "customer? id! name! city?"),
        ("ord AS o FULL JOIN customer AS c ON c.id = o.customer_id", "customer? id! name! city?"),
        ("ord AS o LEFT JOIN customer AS c ON c.id = o.customer_id WHERE c.name > 'a'", "customer! id! name! city?"),
        ("ord AS o LEFT JOIN (SELECT * FROM customer) AS c ON c.id = o.customer_id", "customer? id! name! city?"),
        ("ord AS o LEFT JOIN LATERAL (SELECT * FROM customer LIMIT 1) AS c ON true", "customer? id! name! city?"),
        (
            "ord AS o LEFT JOIN (item AS i JOIN customer AS c ON true) ON i.order_id = o.id",
            "customer? id! name! city?",
        ),
        (
            "ord AS o LEFT JOIN (item AS i LEFT JOIN customer AS c ON c.id = i.line) ON i.order_id = o.id",
            "customer? id! name! city?",
        ),
    ],
)
def test_a_record_is_there_where_its_join_found_a_row(
    conn: psycopg.Connection[Any], source: str, expected: str
) -> None:
    assert told(conn, f"SELECT {CUSTOMER} FROM {source}") == expected


def test_a_record_of_two_sides_says_nothing_of_either(conn: psycopg.Connection[Any]) -> None:
    sql = (
        'SELECT o.total AS "r.total", c.name AS "r.name" FROM ord AS o FULL JOIN customer AS c ON c.id = o.customer_id'
    )
    assert told(conn, sql) == "r? total? name?"


def test_a_column_that_is_no_word_on_the_join_takes_certainty_away(conn: psycopg.Connection[Any]) -> None:
    left = "FROM ord AS o LEFT JOIN customer AS c ON c.id = o.customer_id"
    assert told(conn, f'SELECT c.name AS "c.name", o.note AS "c.note" {left}') == "c? name? note?"
    assert told(conn, f'SELECT c.name AS "c.name", coalesce(c.city, \'-\') AS "c.city" {left}') == "c! name? city!"
    assert told(conn, f'SELECT c.name AS "c.name", upper(c.city) AS "c.city" {left}') == "c? name! city?"


def test_a_view_that_joins_tells_as_much_as_the_join(conn: psycopg.Connection[Any]) -> None:
    sql = 'SELECT t.id, t.customer_id AS "customer.id", t.name AS "customer.name" FROM told AS t'
    assert told(conn, sql) == "customer? id! name!"


def test_an_arm_of_a_union_may_give_the_record_by_itself(conn: psycopg.Connection[Any]) -> None:
    one = f"SELECT {CUSTOMER} FROM ord AS o LEFT JOIN customer AS c ON c.id = o.customer_id"
    assert told(conn, f"{one} UNION ALL {one}") == "customer? id? name? city?"
    both = 'SELECT id AS "c.id", name AS "c.name" FROM customer UNION ALL SELECT id, NULL FROM ord'
    assert told(conn, both) == "c! id! name?"


def test_a_record_in_a_record_is_judged_where_the_outer_one_is_there(conn: psycopg.Connection[Any]) -> None:
    columns = 'i.line AS "item.line", i.sku AS "item.sku", c.id AS "item.buyer.id", c.city AS "item.buyer.city"'
    sql = f"""SELECT o.id, {columns}
        FROM ord AS o LEFT JOIN (item AS i JOIN customer AS c ON c.id = i.line) ON i.order_id = o.id"""
    assert told(conn, sql) == "item? line! sku!; item.buyer! id! city?"
    loose = sql.replace("item AS i JOIN", "item AS i LEFT JOIN")
    assert told(conn, loose) == "item? line? sku?; item.buyer? id! city?" or told(conn, loose).startswith(
        "item? line! "
    )


def test_returning_may_lack_the_old_row_or_the_new_one(conn: psycopg.Connection[Any]) -> None:
    if conn.info.server_version < 180000:
        pytest.skip("RETURNING has old and new from PostgreSQL 18 on")
    both = 'RETURNING old.id AS "old.id", old.note AS "old.note", new.id AS "new.id", new.note AS "new.note"'
    upsert = "INSERT INTO ord (id, total) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET total = 2"
    assert told(conn, f"{upsert} {both}") == "old? id! note?; new! id! note?"
    assert told(conn, f"UPDATE ord SET total = 1 {both}") == "old! id! note?; new! id! note?"
    assert told(conn, f"DELETE FROM ord {both}") == "old! id! note?; new? id! note?"
    merge = """MERGE INTO ord USING customer AS c ON ord.id = c.id WHEN MATCHED AND c.city IS NULL THEN DELETE
        WHEN MATCHED THEN UPDATE SET total = 1 WHEN NOT MATCHED THEN INSERT (id, total) VALUES (c.id, 1)"""
    assert told(conn, f"{merge} {both}") == "old? id! note?; new? id! note?"


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ('1 AS "a.b", 2 AS "a"', "column 'a' is also the record of the columns 'a.…'"),
        ('1 AS "a.b.c", 2 AS "a.b"', "column 'a.b' is also the record of the columns 'a.b.…'"),
        ('1 AS "a.class"', "'class' of column 'a.class' is a Python keyword"),
        ('1 AS "a."', "is named 'a.', which is no Python name"),
        ('1 AS ".a"', "is named '.a', which is no Python name"),
        ('1 AS "a.b", 2 AS "a.b"', "2 columns are named 'a.b'"),
        ('1 AS "a.__b"', "begins with __"),
    ],
)
def test_names_of_records_are_checked(conn: psycopg.Connection[Any], columns: str, message: str) -> None:
    described = describe(conn, f"SELECT {columns}")
    assert described.problem is not None
    assert message in described.problem.message


@given(st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map(".".join), unique=True, max_size=8))
def test_every_column_has_one_place_in_the_layout(names: list[str]) -> None:
    names = [name for name in names if not any(other.startswith(f"{name}.") for other in names)]
    fields = layout("q", names)
    assert sorted(columns_of(fields)) == list(range(len(names)))
    records = list(records_of(fields))
    assert len({record.name for record in records}) == len(records)
    assert [question.columns for question in questions(fields)] == [
        tuple(index + 1 for index in record.columns) for record in records
    ]
    for record in records:
        assert all(names[index].startswith(f"{record.path}.") for index in record.columns)


def sides(description: Description) -> tuple[object, object]:
    assert isinstance(description.form, Changes), description.problem
    return description.form.old, description.form.new


def test_changes_know_the_rows_that_a_statement_leaves_and_takes(conn: psycopg.Connection[Any]) -> None:
    old, new = sides(describe(conn, "DELETE FROM ord WHERE id = ANY(:ids) RETURNING id, total", "@changes"))
    assert old is not None
    assert new is None
    old, new = sides(describe(conn, "INSERT INTO ord (id, total) VALUES (1, 1) RETURNING id", "@changes", "<!"))
    assert old is None
    assert new is not None
    below_18 = """WITH before AS (SELECT o.id, o.total FROM ord AS o WHERE o.id = ANY(:ids) FOR UPDATE)
        UPDATE ord AS o SET total = o.total * :factor FROM before AS b WHERE b.id = o.id
        RETURNING b.id AS "old.id", b.total AS "old.total", o.id AS "new.id", o.total AS "new.total" """
    old, new = sides(describe(conn, below_18, "@changes"))
    assert old is not None
    assert new is not None


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("UPDATE ord SET total = 1 RETURNING id", "can't tell old rows from new ones"),
        (
            "INSERT INTO ord (id, total) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET total = 1 RETURNING id",
            "can't tell old rows from new ones",
        ),
        ('UPDATE ord SET total = 1 RETURNING id AS "new.id"', 'has no columns "old.…"'),
        ('UPDATE ord SET total = 1 RETURNING id AS "new.id", 1 AS n', "has a column n that is of neither row"),
        (
            "WITH b AS (SELECT id FROM ord FOR UPDATE) UPDATE ord AS o SET total = 1 FROM b WHERE b.id = o.id "
            'RETURNING b.id AS "old.id", o.total AS "new.total"',
            "needs the same columns of both rows",
        ),
        (
            "WITH b AS (SELECT id, note FROM ord FOR UPDATE) UPDATE ord AS o SET total = 1 FROM ord AS x "
            "LEFT JOIN b ON b.id = x.id WHERE x.id = o.id "
            'RETURNING b.note AS "old.note", o.note AS "new.note"',
            "can't tell a row that isn't there",
        ),
        (
            "WITH b AS (SELECT id FROM ord FOR UPDATE) UPDATE ord AS o SET total = 1 FROM b WHERE b.id = o.id "
            'RETURNING b.id::text AS "old.id", o.id AS "new.id"',
            "old.id is text, new.id is bigint",
        ),
    ],
)
def test_changes_that_cannot_be_told_apart_are_refused(conn: psycopg.Connection[Any], sql: str, message: str) -> None:
    described = describe(conn, sql, "@changes")
    assert described.problem is not None
    assert message in described.problem.message
    assert described.problem.hint


def test_a_version_tells_stale_from_missing(conn: psycopg.Connection[Any]) -> None:
    form = describe(conn, LOCK, "@optimistic version", "^").form
    assert isinstance(form, Locking)
    assert [(column.name, column.nullable) for column in form.columns] == [
        ("id", False),
        ("version", False),
        ("note", True),
    ]
    assert isinstance(form.current, RowRecord)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("version = o.version + 1", "version = o.version", "no UPDATE sets version = version + 1"),
        ("version = o.version + 1", "version = o.version + 2", "no UPDATE sets version = version + 1"),
        ("version = o.version + 1", "version = o.version - 1", "no UPDATE sets version = version + 1"),
        ("c.version = :version", "c.version <= :version", "no UPDATE asks for version = :version"),
        ("c.version = :version", "(c.version = :version OR o.id > 0)", "no UPDATE asks for version = :version"),
        (" FOR UPDATE", "", "not of a locked row"),
        (" FOR UPDATE", " FOR KEY SHARE", "not of a locked row"),
        ("AND c.version = :version", "AND :version::integer IS NOT NULL", "no UPDATE asks for version = :version"),
        ("c.version = :version", "c.version = 1", "needs the parameter :version"),
        (', c.version AS "current.version"', "", "needs the row as it stood"),
        ("w.id, w.version, ", "", "can't tell a row that wasn't written"),
        ("current AS c LEFT JOIN written AS w", "current AS c FULL JOIN written AS w", "may be missing"),
    ],
)
def test_a_version_that_locks_nothing_is_refused(
    conn: psycopg.Connection[Any], old: str, new: str, message: str
) -> None:
    assert old in LOCK
    described = describe(conn, LOCK.replace(old, new), "@optimistic version", "^")
    assert described.problem is not None
    assert message in described.problem.message


BULK = """
WITH wanted AS (SELECT w.id, w.version FROM unnest(:ids::bigint[], :versions::integer[]) AS w (id, version)),
locked AS (SELECT o.id, o.version FROM ord AS o WHERE o.id IN (SELECT w.id FROM wanted AS w) ORDER BY o.id FOR UPDATE),
written AS (
    UPDATE ord AS o SET total = 0, version = o.version + 1 FROM wanted AS w JOIN locked AS l ON l.id = w.id
    WHERE o.id = w.id AND l.version = w.version RETURNING o.id
)
SELECT w.id, CASE WHEN d.id IS NULL THEN 'stale' ELSE 'updated' END AS outcome
FROM wanted AS w LEFT JOIN written AS d ON d.id = w.id
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (", version = o.version + 1", "", "no UPDATE sets version = version + 1"),
        (" AND l.version = w.version", "", "no UPDATE asks for version = that of the caller"),
        (" FOR UPDATE", "", "not of a locked row"),
        ("AS outcome", "AS result", "needs a column outcome"),
    ],
)
def test_a_bulk_write_keeps_to_versions_too(conn: psycopg.Connection[Any], old: str, new: str, message: str) -> None:
    assert describe(conn, BULK, "@optimistic version").problem is None
    assert old in BULK
    described = describe(conn, BULK.replace(old, new), "@optimistic version")
    assert described.problem is not None
    assert message in described.problem.message


def test_the_version_of_the_written_row_needs_no_lock(conn: psycopg.Connection[Any]) -> None:
    sql = LOCK.replace(" FOR UPDATE", "").replace("c.version = :version", "o.version = :version")
    assert describe(conn, sql, "@optimistic version", "^").problem is None


def test_the_report_says_what_rows_are(conn: psycopg.Connection[Any]) -> None:
    join = describe(conn, f"SELECT {CUSTOMER} FROM ord AS o LEFT JOIN customer AS c ON c.id = o.customer_id")
    assert report(NoProblems(), [join])["queries"]["q.q"]["rows"] == {
        "form": "records",
        "records": [
            {
                "path": "customer",
                "class": "QCustomer",
                "nullable": True,
                "never_null": ["customer.id", "customer.name"],
            }
        ],
    }
    gone = describe(conn, "DELETE FROM ord RETURNING id", "@changes")
    assert report(NoProblems(), [gone])["queries"]["q.q"]["rows"] == {
        "form": "changes",
        "old": {"nullable": False},
        "new": None,
    }
    locked = describe(conn, LOCK, "@optimistic version", "^")
    assert report(NoProblems(), [locked])["queries"]["q.q"]["rows"] == {"form": "versions", "version": "version"}
    plain = describe(conn, "SELECT id FROM ord")
    assert "rows" not in report(NoProblems(), [plain])["queries"]["q.q"]
