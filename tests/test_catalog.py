"""A folder of query files: order, keys, and what files and folders can do to a reader."""

from __future__ import annotations

import os
import time
from pathlib import Path

import aiosql
import pytest
from aiosql.types import SQLOperationType

from plainsql.adapter import PlainSQLLoader
from plainsql.catalog import Catalog, load_catalog
from plainsql.errors import PlainSQLError, QueryFileError
from plainsql.query.problem import format_problem
from plainsql.query.source import locate

Q = "-- name: {}()\nSELECT 1;\n"


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.sql"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return folder


def faults(catalog: Catalog) -> list[str]:
    return [str(problem) for problem in catalog.problems]


def test_keys_are_the_path_with_dots_and_the_name(tmp_path: Path) -> None:
    folder = write(tmp_path / "queries", orders=Q.format("a"), pg18__orders=Q.format("a"), pg18__x__y=Q.format("a"))
    catalog = load_catalog(folder, root=tmp_path)
    assert [query.key for query in catalog.queries] == ["orders.a", "pg18.orders.a", "pg18.x.y.a"]
    assert [file.stem for file in catalog.files] == ["orders", "pg18.orders", "pg18.x.y"]
    assert [file.path for file in catalog.files] == [
        "queries/orders.sql",
        "queries/pg18/orders.sql",
        "queries/pg18/x/y.sql",
    ]
    assert catalog.problems == ()


def test_files_outside_the_root_show_their_whole_path(tmp_path: Path) -> None:
    folder = write(tmp_path / "queries", orders=Q.format("a"))
    (tmp_path / "root").mkdir()
    assert load_catalog(folder, root=tmp_path / "root").files[0].path == (folder / "orders.sql").as_posix()


def test_paths_are_relative_to_the_current_folder_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "queries", orders=Q.format("a"))
    monkeypatch.chdir(tmp_path)
    assert load_catalog(Path("queries")).files[0].path == "queries/orders.sql"


def test_other_files_and_hidden_ones_are_not_read(tmp_path: Path) -> None:
    write(tmp_path, orders=Q.format("a"))
    (tmp_path / "notes.txt").write_text("-- name: b()\nSELECT 1")
    (tmp_path / ".hidden.sql").write_text(Q.format("c"))
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.sql").write_text(Q.format("d"))
    assert [query.name for query in load_catalog(tmp_path).queries] == ["a"]


def test_the_order_is_that_of_the_keys_and_not_of_the_disk(tmp_path: Path) -> None:
    for name in ("b", "a", "c", "B_", "a1"):
        write(tmp_path, **{name.lower(): Q.format(name.lower())})
    stems = [file.stem for file in load_catalog(tmp_path).files]
    assert stems == sorted(stems)
    assert load_catalog(tmp_path) == load_catalog(tmp_path)


def test_a_missing_folder_is_a_problem_and_no_traceback(tmp_path: Path) -> None:
    (problem,) = load_catalog(tmp_path / "nope", root=tmp_path).problems
    assert (str(problem), problem.level) == ("nope:1:1: the query folder does not exist", "error")
    assert problem.hint is not None


def test_a_file_in_place_of_the_folder_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "queries").write_text("")
    assert faults(load_catalog(tmp_path / "queries", root=tmp_path)) == [
        "queries:1:1: the query folder is not a folder"
    ]


def test_an_empty_folder_is_a_warning(tmp_path: Path) -> None:
    (problem,) = load_catalog(tmp_path, root=tmp_path.parent).problems
    assert (problem.message, problem.level) == ("no .sql file in the query folder", "warning")


@pytest.mark.parametrize("text", ["", "-- Nothing yet.\n", "/* -- name: a() */"])
def test_a_file_without_queries_is_a_warning(tmp_path: Path, text: str) -> None:
    (problem,) = load_catalog(write(tmp_path, orders=text), root=tmp_path).problems
    assert (str(problem), problem.level) == ("orders.sql:1:1: no query in this file", "warning")


def test_bytes_that_are_not_utf8_have_their_place(tmp_path: Path) -> None:
    write(tmp_path, good=Q.format("good"))
    (tmp_path / "bad.sql").write_bytes("-- name: a()\r\n-- é ".encode() + b"\xe9\nSELECT 1")
    catalog = load_catalog(tmp_path, root=tmp_path)
    assert faults(catalog) == ["bad.sql:2:6: the file is not UTF-8: byte 0xe9"]
    assert [query.key for query in catalog.queries] == ["good.good"]


def test_utf16_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "bad.sql").write_bytes("-- name: a()\nSELECT 1".encode("utf-16"))
    assert faults(load_catalog(tmp_path, root=tmp_path)) == ["bad.sql:1:1: the file is not UTF-8: byte 0xff"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_a_problem(tmp_path: Path) -> None:
    write(tmp_path, a=Q.format("a"), b=Q.format("b"))
    (tmp_path / "a.sql").chmod(0)
    catalog = load_catalog(tmp_path, root=tmp_path)
    assert faults(catalog) == ["a.sql:1:1: the file can't be read: Permission denied"]
    assert [query.key for query in catalog.queries] == ["b.b"]


def test_a_byte_order_mark_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_bytes(b"\xef\xbb\xbf" + Q.format("a").encode())
    catalog = load_catalog(tmp_path)
    assert [(query.name, query.sql, query.line) for query in catalog.queries] == [("a", "SELECT 1", 1)]
    assert catalog.problems == ()


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_change_nothing(tmp_path: Path, end: str) -> None:
    text = "-- Doc.\n\n-- name: a(x)^\n-- Line.\n-- @timeout 1s\nSELECT 'é',\n  :x, nope;\n"
    unix = load_catalog(write(tmp_path / "u", a=text))
    other = load_catalog(write(tmp_path / "w", a=text.replace("\n", end)))
    (first,), (second,) = unix.queries, other.queries
    assert (first.sql, first.doc, first.timeout, first.line) == (second.sql, second.doc, second.timeout, second.line)
    assert locate(first, first.sql.index("nope")) == locate(second, second.sql.index("nope"))
    assert other.problems == ()


def test_links_in_a_circle_are_problems(tmp_path: Path) -> None:
    write(tmp_path, a=Q.format("a"), sub__b=Q.format("b"))
    (tmp_path / "sub" / "back").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "self.sql").symlink_to(tmp_path / "self.sql")
    (tmp_path / "lost.sql").symlink_to(tmp_path / "nowhere")
    catalog = load_catalog(tmp_path, root=tmp_path)
    assert [query.key for query in catalog.queries] == ["a.a", "sub.b.b"]
    assert [problem.message.partition(":")[0] for problem in catalog.problems] == [
        "the file can't be read",
        "the file can't be read",
        "this link leads back to a folder above it",
    ]


def test_a_linked_folder_is_read(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere", b=Q.format("b"))
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "sub").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert [query.key for query in load_catalog(tmp_path / "queries").queries] == ["sub.b.b"]


@pytest.mark.parametrize(
    ("name", "hint"),
    [("my-orders", "my_orders"), ("Orders", "orders"), ("a.b", "a_b"),
     ("1st", "q_1st"), ("import", "import_queries"),
     ("aio", "aio_queries")],
)  # fmt: skip
def test_a_file_that_can_be_no_module_is_a_problem(tmp_path: Path, name: str, hint: str) -> None:
    (problem,) = load_catalog(write(tmp_path, **{name: Q.format("a")}), root=tmp_path).problems
    assert problem.message == f"'{name}' can't be the name of a Python module"
    assert problem.hint == f"rename it, for example to '{hint}'"


def test_a_name_used_twice_in_one_folder_is_a_problem(tmp_path: Path) -> None:
    write(tmp_path, a=Q.format("get_x"), b="\n" + Q.format("get_x") + Q.format("get_y"), sub__c=Q.format("get_x"))
    catalog = load_catalog(tmp_path, root=tmp_path)
    assert format_problem(catalog.problems[0]).split("\n") == [
        "b.sql:2:10: error: query 'get_x' is already defined at a.sql:1",
        "    -- name: get_x()",
        "             ^^^^^",
        "    hint: names are unique within a folder; rename one of the two",
    ]
    assert [query.key for query in catalog.queries] == ["a.get_x", "b.get_y", "sub.c.get_x"]


def test_a_name_that_aiosql_makes_itself_is_a_problem(tmp_path: Path) -> None:
    write(tmp_path, a=Q.format("orders"), b=Q.format("orders_cursor") + Q.format("other_cursor"))
    catalog = load_catalog(tmp_path, root=tmp_path)
    assert faults(catalog) == ["b.sql:1:10: aiosql makes a function 'orders_cursor' of the query at a.sql:1"]
    with pytest.raises(aiosql.SQLLoadException, match="orders_cursor"):
        aiosql.from_path(tmp_path, "psycopg")


def test_two_hundred_queries_load_in_well_under_300_ms(tmp_path: Path) -> None:
    query = "-- name: q_{}(days, max_rows)\n-- List orders, é.\n-- @timeout 2s\nSELECT o.tags[1:2]\n"
    query += "FROM orders AS o\n"
    query += "JOIN customers AS c ON c.id = o.customer_id -- c\nWHERE o.at < now() - :days * INTERVAL '1 day'\n"
    query += "LIMIT :max_rows;\n\n"
    for number in range(10):
        write(tmp_path, **{f"f{number}": "".join(query.format(number * 20 + i) for i in range(20))})
    load_catalog(tmp_path)
    started = time.perf_counter()
    catalog = load_catalog(tmp_path)
    took = time.perf_counter() - started
    assert len(list(catalog.queries)) == 200
    assert took < 0.3


def test_aiosql_loads_a_folder_with_the_adapter_and_the_loader(tmp_path: Path) -> None:
    write(tmp_path, users="-- name: get-user(user_id)^\n-- Get one.\nSELECT 'é', a[1:n], :user_id, ':x' FROM t;\n")
    write(tmp_path, sub__all="-- name: list_all\nSELECT :b, :a;\n-- name: drop_all#\nDROP TABLE a; DROP TABLE b;\n")
    queries = aiosql.from_path(tmp_path, "plainsql", loader_cls=PlainSQLLoader)
    assert queries.available_queries == ["get_user", "sub.drop_all", "sub.list_all", "sub.list_all_cursor"]
    assert queries.get_user.sql == "SELECT 'é', a[1:n], $1, ':x' FROM t"
    assert queries.get_user.__doc__ == "Get one."
    assert queries.get_user.operation is SQLOperationType.SELECT_ONE
    assert queries.get_user.parameters == ["user_id"]
    assert str(queries.get_user.__signature__) == "(self, *, user_id)"
    assert queries.sub.list_all.parameters == ["b", "a"]


def test_the_adapter_refuses_to_run_anything() -> None:
    text = "".join(f"-- name: q{n}(){suffix}\nSELECT 1;\n" for n, suffix in enumerate(["", "^", "$", "<!", "!", "#"]))
    queries = aiosql.from_str(text + "-- name: many(x)*!\nSELECT :x;", "plainsql", loader_cls=PlainSQLLoader)
    for name in queries.available_queries:
        call = getattr(queries, name)
        arguments: tuple[object, ...] = ([],) if name == "many" else ()
        with pytest.raises(PlainSQLError, match="does not run them: use `plainsql generate`"):
            call(None, *arguments)


def test_aiosql_raises_every_problem_of_a_file(tmp_path: Path) -> None:
    write(tmp_path, a="-- nmae: a()\nSELECT 1;\n-- name: b()\nSELECT :x;\n")
    with pytest.raises(QueryFileError) as caught:
        aiosql.from_path(tmp_path / "a.sql", "plainsql", loader_cls=PlainSQLLoader)
    assert [problem.line for problem in caught.value.problems] == [1, 4]


def test_aiosql_raises_for_a_name_used_twice_in_one_folder(tmp_path: Path) -> None:
    write(tmp_path, a=Q.format("x"), b=Q.format("x"))
    with pytest.raises(QueryFileError, match=r"b\.sql:1:1: query 'x' is already defined at .*a\.sql:1"):
        aiosql.from_path(tmp_path, "plainsql", loader_cls=PlainSQLLoader)
