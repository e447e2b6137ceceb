"""Every sync module has an async twin with the same names, parameters and docstrings."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest

import plainsql.aio

PAIRS = [
    ("plainsql.audit.history", "plainsql.aio.audit"),
    ("plainsql.database", "plainsql.aio.database"),
    ("plainsql.execute", "plainsql.aio.execute"),
    ("plainsql.execute.source", "plainsql.aio.source"),
    ("plainsql.health", "plainsql.aio.health"),
    ("plainsql.hooks", "plainsql.aio.hooks"),
    ("plainsql.loading", "plainsql.aio.loading"),
    ("plainsql.partitions", "plainsql.aio.partitions"),
    ("plainsql.pool", "plainsql.aio.pool"),
    ("plainsql.tenants", "plainsql.aio.tenants"),
    ("plainsql.transaction", "plainsql.aio.transaction"),
]
RENAMED = {
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
}
ONLY_SYNC = {
    *(("plainsql.execute", name) for name in ("Change", "Record", "Versioned")),
    *(("plainsql.execute", name) for name in ("change_of", "row_of", "unless_stale", "versioned")),
    # Shared by the twins, imported from the sync module.
    ("plainsql.execute", "length"),
    ("plainsql.hooks", "slow"),
    ("plainsql.audit.history", "checked_time"),
    ("plainsql.audit.history", "not_audited"),
    ("plainsql.loading", "Queries"),
    ("plainsql.loading", "bound"),
    ("plainsql.loading", "checked_catalog"),
    ("plainsql.loading", "hooks_of"),
    ("plainsql.loading", "settings_of"),
    ("plainsql.transaction", "TransactionState"),
    ("plainsql.transaction", "check_committed"),
    ("plainsql.transaction", "check_end"),
    ("plainsql.transaction", "failed_transaction"),
    ("plainsql.transaction", "leave_savepoint"),
    ("plainsql.partitions", "check_arguments"),
    ("plainsql.partitions", "check_connection"),
    ("plainsql.partitions", "checked_report"),
    ("plainsql.pool", "has_news"),
    ("plainsql.pool", "pool_arguments"),
    ("plainsql.pool", "pool_conninfo"),
    ("plainsql.pool", "prepare_settings"),
    ("plainsql.tenants", "all_tenants_conninfo"),
    ("plainsql.tenants", "check_open"),
    ("plainsql.tenants", "is_safe"),
    ("plainsql.tenants", "note_all_tenants"),
    ("plainsql.tenants", "project_tenancy"),
    ("plainsql.tenants", "refuse_inside"),
    ("plainsql.health", "judge"),
    ("plainsql.health", "is_exhausted"),
    ("plainsql.health", "probe_conninfo"),
}
ONLY_ASYNC = {
    # `async with Database.open()` and `await Database.open()` both work.
    ("plainsql.aio.database", "Opening"),
    # A sync caller just calls.
    ("plainsql.aio.hooks", "run_slow"),
}
DO_NOT_WAIT = {
    "Database.actor",  # nothing is sent
    "Database.pool_stats",
    "ConnectionSource.settings",
    "Database.separate",
    "Database.settings",
    "LoadedQuery.signature",
    "AllTenants.settings",
    "Separate.separate",
    "Separate.settings",
    "Tenant.separate",
    "Tenant.settings",
    "Transaction.after_commit",
    "Transaction.connection",
    "load",
    "settings_for",
}


def public(module: Any) -> dict[str, Any]:
    """The functions and classes that *module* offers: those it defines, and those it passes on by __all__."""
    listed = getattr(module, "__all__", ())
    return {
        name: value
        for name, value in vars(module).items()
        if not name.startswith("_")
        and (inspect.isfunction(value) or inspect.isclass(value))
        and (value.__module__ == module.__name__ or name in listed)
    }


def methods(cls: type) -> dict[str, Any]:
    found = {}
    for name, value in vars(cls).items():
        name = RENAMED.get(name, name)
        raw = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
        if inspect.isfunction(raw) and (not name.startswith("_") or name in RENAMED.values()):
            found[name] = inspect.unwrap(raw)
    return found


def callables(pair: tuple[str, str]) -> Iterator[tuple[str, Any, Any]]:
    sync, aio = (public(importlib.import_module(name)) for name in pair)
    for name in sync.keys() & aio.keys():
        if inspect.isclass(sync[name]):
            one, two = methods(sync[name]), methods(aio[name])
            assert one.keys() == two.keys(), name
            yield name, sync[name], aio[name]
            for method in one:
                yield f"{name}.{method}", one[method], two[method]
        else:
            yield name, inspect.unwrap(sync[name]), inspect.unwrap(aio[name])


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[0])
def test_twins_have_the_same_public_names(pair: tuple[str, str]) -> None:
    sync, aio = (public(importlib.import_module(name)) for name in pair)
    only_sync = {name for name in sync.keys() - aio.keys() if (pair[0], name) not in ONLY_SYNC}
    only_async = {name for name in aio.keys() - sync.keys() if (pair[1], name) not in ONLY_ASYNC}
    assert (only_sync, only_async) == (set(), set())


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[0])
def test_twins_have_the_same_parameters_and_defaults(pair: tuple[str, str]) -> None:
    for name, one, two in callables(pair):
        if inspect.isclass(one):
            continue
        sync = [(p.name, p.kind, p.default) for p in inspect.signature(one).parameters.values()]
        aio = [(p.name, p.kind, p.default) for p in inspect.signature(two).parameters.values()]
        assert sync == aio, name


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[0])
def test_twins_are_documented_alike(pair: tuple[str, str]) -> None:
    for name, one, two in callables(pair):
        if name.endswith(("__enter__", "__exit__")):
            continue
        assert one.__doc__, f"{pair[0]}: {name} has no docstring"
        assert two.__doc__, f"{pair[1]}: {name} has no docstring"


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[0])
def test_what_waits_is_a_coroutine(pair: tuple[str, str]) -> None:
    for name, one, two in callables(pair):
        if inspect.isclass(one) or one is two:
            continue
        assert not inspect.iscoroutinefunction(one), name
        waits = inspect.iscoroutinefunction(two) or inspect.isasyncgenfunction(two)
        code = two.__code__.co_consts
        inner = any(inspect.iscode(const) and const.co_flags & inspect.CO_COROUTINE for const in code)
        assert waits or name in DO_NOT_WAIT or inner, f"{pair[1]}: {name}"


def test_every_async_module_is_in_a_pair() -> None:
    modules = {f"plainsql.aio.{module.name}" for module in pkgutil.iter_modules(plainsql.aio.__path__)}
    assert modules <= {aio for _, aio in PAIRS}
