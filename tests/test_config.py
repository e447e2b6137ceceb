"""[tool.plainsql]: what it may say and how a fault in it is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plainsql.config import KEYS, TABLES, find_config, load_config
from plainsql.errors import ConfigError


def project(folder: Path, table: str) -> Path:
    (folder / "pyproject.toml").write_text(table, encoding="utf-8")
    return folder


def test_defaults_of_an_empty_table(tmp_path: Path) -> None:
    config = load_config(project(tmp_path, "[tool.plainsql]\n"))
    assert config.root == tmp_path
    assert config.database is None
    assert config.queries == tmp_path / "queries"
    assert config.migrations == tmp_path / "migrations"
    assert config.package == "app.queries"
    assert config.output == tmp_path / "app" / "queries"
    assert config.rows == "struct"


def test_output_follows_the_package_and_a_src_folder(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    config = load_config(project(tmp_path, '[tool.plainsql]\npackage = "shop.queries"\n'))
    assert config.output == tmp_path / "src" / "shop" / "queries"
    assert config.database_name == "shop"


@pytest.mark.parametrize("name", ["postgres", "template1"])
def test_database_of_the_project_is_never_one_of_the_server(tmp_path: Path, name: str) -> None:
    assert load_config(project(tmp_path, f'[tool.plainsql]\npackage = "{name}.q"\n')).database_name == f"{name}_app"


def test_every_key_is_taken(tmp_path: Path) -> None:
    text = (
        '[tool.plainsql]\ndatabase = "embedded"\nqueries = "sql"\nmigrations = "../m"\n'
        'package = "a.b"\noutput = "out"\nrows = "dataclass"\n'
    )
    config = load_config(project(tmp_path, text))
    assert (config.database, config.rows, config.output) == ("embedded", "dataclass", tmp_path / "out")
    assert config.migrations == tmp_path / "../m"


def test_it_is_found_from_a_folder_below_past_a_pyproject_without_it(tmp_path: Path) -> None:
    project(tmp_path, "[tool.plainsql]\n")
    below = tmp_path / "packages" / "one"
    below.mkdir(parents=True)
    project(below, "[tool.other]\n")
    assert load_config(below).root == tmp_path


def test_no_table_anywhere_is_none_and_an_error_for_load(tmp_path: Path) -> None:
    assert find_config(tmp_path) is None
    with pytest.raises(ConfigError, match=r"no pyproject\.toml with \[tool\.plainsql\]"):
        load_config(tmp_path)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('migratons = "m"', "unknown key 'migratons' in [tool.plainsql]; did you mean 'migrations'?"),
        ('zzz = "m"', "unknown key 'zzz' in [tool.plainsql]; there are database, queries"),
        ("queries = 1", "queries in [tool.plainsql] must be a string, found an integer"),
        ("queries = true", "queries in [tool.plainsql] must be a string, found a boolean"),
        ('queries = ["a"]', "queries in [tool.plainsql] must be a string, found an array"),
        ('queries = ""', "queries in [tool.plainsql] is empty"),
        ('rows = "tuple"', 'rows must be "struct" or "dataclass", found \'tuple\''),
        ('database = "postgresql://x"', 'database can only be "embedded"; any other server is named by DATABASE_URL'),
        ('package = "a-b"', "package must be a dotted Python name, found 'a-b'"),
        ('types = "str"', "[tool.plainsql.types] must be a table of types"),
        ('types.money = "Decimal"', "'money' in [tool.plainsql.types] can only be \"str\" or a table"),
        ("types.money = 1", "'money' in [tool.plainsql.types] must be \"str\" or a table {python = …"),
        ('types.money = {pyhton = "a.B"}', "has the unknown key 'pyhton'; there are python, load, dump"),
        ('types.money = {load = "a.b", dump = "a.c"}', "'money' in [tool.plainsql.types] has no python"),
        ('types.money = {python = "a.B", load = "a.b"}', "has load but no dump: name both, or neither for plain text"),
        ('types.money = {python = "a-b"}', "python must be a dotted Python name, found 'a-b'"),
        ("types.money = {python = 1}", "python must be a dotted Python name, found 1"),
        ('[tool.plainsql.rows]\nUser = "users(id)"', "[tool.plainsql.rows] does not exist yet"),
        ('[tool.plainsql.query."a.b"]', "[tool.plainsql.query] does not exist yet"),
    ],
)
def test_a_fault_names_the_file_and_what_to_do(tmp_path: Path, table: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(project(tmp_path, f"[tool.plainsql]\n{table}\n"))
    assert str(tmp_path / "pyproject.toml") in str(caught.value)
    assert message in str(caught.value)


@pytest.mark.parametrize("text", ["[tool\n", "tool = 1\n[tool.plainsql]", "[tool]\nplainsql = 1\n"])
def test_a_broken_file_is_a_config_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match=r"pyproject\.toml"):
        load_config(project(tmp_path, text))


@given(
    key=st.text(st.characters(categories=["Ll", "Nd"], max_codepoint=127), min_size=1).filter(
        lambda key: key not in (*KEYS, *TABLES)
    )
)
def test_no_unknown_key_is_taken(tmp_path_factory: pytest.TempPathFactory, key: str) -> None:
    folder = project(tmp_path_factory.mktemp("project"), f'[tool.plainsql]\n"{key}" = "x"\n')
    with pytest.raises(ConfigError, match=r"unknown key|does not exist yet"):
        load_config(folder)
