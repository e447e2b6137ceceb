"""What an import costs: the runtime loads psycopg, psycopg_pool, msgspec and the standard library, nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import plainsql

RUNTIME = [
    "plainsql.execute",
    "plainsql.database",
    "plainsql.health",
    "plainsql.hooks",
    "plainsql.aio",
    "plainsql.aio.execute",
]
TOOLS = {"aiosql", "yoyo", "typer", "postgast", "rich", "watchfiles", "redis", "bcrypt", "plainsql.catalog"}


def modules_after(code: str, folder: Path | None = None) -> set[str]:
    """Run *code* in a fresh interpreter and return the names in sys.modules."""
    script = f"import sys\n{code}\nprint('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], cwd=folder, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def third_party(modules: set[str]) -> set[str]:
    tops = {name.partition(".")[0] for name in modules}
    return {name for name in tops - set(sys.stdlib_module_names) if not name.startswith(("_", "sitecustom"))}


def test_import_plainsql_alone_loads_no_driver() -> None:
    modules = modules_after("import plainsql")
    assert not modules & {"psycopg", "psycopg_pool", "msgspec", "plainsql.errors"}


@pytest.mark.parametrize("module", RUNTIME)
def test_the_runtime_loads_only_its_three_dependencies(module: str) -> None:
    assert not modules_after(f"import {module}") & TOOLS
    bare = third_party(modules_after("import psycopg, psycopg_pool, msgspec"))
    assert third_party(modules_after(f"import {module}")) <= bare | {"plainsql"}


def generated_module(count: int) -> str:
    """Source in the form of generated code, with *count* queries."""
    lines = [
        '"""Things."""',
        "from __future__ import annotations",
        "from msgspec import Struct",
        "from plainsql.execute import Conn, Statement, fetch_optional",
    ]
    for n in range(count):
        lines.append(f'''
class GetThing{n}Row(Struct, frozen=True, gc=False):
    """A row of get_thing_{n}."""

    id: int
    name: str | None
    price: float


GET_THING_{n}: Statement[GetThing{n}Row] = Statement(
    name="things.get_thing_{n}",
    file="queries/things.sql",
    line={n},
    sql="""
SELECT id, name, price
FROM things
WHERE id = $1 AND name = ANY($2) AND made < $3 AND kind = {n}""",
    params=("id", "names", "before"),
    dump_oids=(20, 1009, 1184),
    bind_oids=(20, 1009, 1184),
    row=GetThing{n}Row,
)


def get_thing_{n}(conn: Conn, /, *, id: int, names: list[str], before: object) -> GetThing{n}Row | None:
    """Get a thing."""
    return fetch_optional(conn, GET_THING_{n}, (id, names, before))
''')
    return "\n".join(lines)


def test_a_generated_module_loads_no_tools_and_adds_at_most_50_ms_for_100_queries(tmp_path: Path) -> None:
    (tmp_path / "things.py").write_text(generated_module(100))
    code = (
        "import sys, time; sys.path.insert(0, '.')\n"
        "import psycopg, psycopg_pool, msgspec\n"
        "started = time.perf_counter(); import things\n"
        "print(f'took:{time.perf_counter() - started}')"
    )
    assert not modules_after(code, tmp_path) & TOOLS  # also writes the .pyc, as an installed package has
    took = min(
        float(name.removeprefix("took:"))
        for _ in range(5)
        for name in modules_after(code, tmp_path)
        if name.startswith("took:")
    )
    assert took < 0.05, f"{took * 1000:.0f} ms"


def test_public_names_are_sorted_and_all_there() -> None:
    assert plainsql.__all__ == sorted(plainsql.__all__)
    assert set(plainsql.__all__) <= set(dir(plainsql))
    for name in plainsql.__all__:
        if name == "load":  # needs the tools extra
            continue
        assert getattr(plainsql, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        plainsql.nothing  # noqa: B018
