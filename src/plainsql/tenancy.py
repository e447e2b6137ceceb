"""
Whose rows are meant: the tenant of a context, and what a project says of its tenants.

`db.tenant(id)` is explicit: what it returns is passed to the queries. A framework says it once for a request with
`tenancy.use(id)`: a context variable, so neither another thread nor a task that runs beside this one sees it, and a
task that is started within inherits it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID

from plainsql.errors import ConfigError, TenantMismatchError, TenantRequiredError
from plainsql.owners import Owner, current_owner

if TYPE_CHECKING:
    from plainsql.execute.settings import Settings
    from plainsql.execute.statement import Statement

TenantId: TypeAlias = UUID | str | int
"""What the column of tenants holds."""

SETTING = "app.tenant_id"
LISTS = ("tables", "definers")
REASON_SETTING = "app.reason"
"""Why somebody works on all tenants; for triggers that keep an audit."""

log = logging.getLogger("plainsql.tenancy")

_current: ContextVar[str | None] = ContextVar("plainsql_tenant", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenancy:
    """
    What `[tool.plainsql.tenancy]` says.

    Attributes:
        setting: The setting that policies read.
        column: The column that names the tenant of a row.
        tables: Tenants' tables, `schema.table` unless the schema is public; empty: all that have the column.
        role: The role that the application connects as.
        all_tenants_role: The role with BYPASSRLS behind `db.all_tenants()`.
        definers: Functions with SECURITY DEFINER that read tenants' tables and were reviewed.
    """

    setting: str = SETTING
    column: str = "tenant_id"
    tables: tuple[str, ...] = ()
    role: str = "app_user"
    all_tenants_role: str = "app_all_tenants"
    definers: tuple[str, ...] = ()


def read_tenancy(table: object, file: Path) -> Tenancy:
    """
    Return what the table `[tool.plainsql.tenancy]` of *file* says.

    Raises:
        ConfigError: A key is unknown, or its value isn't what it takes.
    """
    where = f"{file}: [tool.plainsql.tenancy]"
    if not isinstance(table, dict):
        raise ConfigError(f"{where} must be a table")
    names = [found.name for found in fields(Tenancy)]
    for key, value in table.items():
        if key not in names:
            raise ConfigError(f"{where}: unknown key {key!r}; there are {', '.join(names)}")
        words = value if key in LISTS else [value]
        if not isinstance(words, list) or not all(isinstance(word, str) and word for word in words):
            expected = "an array of names" if key in LISTS else "a string that isn't empty"
            raise ConfigError(f"{where}: {key} must be {expected}, found {value!r}")
    if "." not in table.get("setting", SETTING):
        raise ConfigError(f"{where}: setting must be a name with a dot, such as {SETTING}, found {table['setting']!r}")
    given: dict[str, Any] = {key: tuple(value) if key in LISTS else value for key, value in table.items()}
    return Tenancy(**given)


def current() -> str | None:
    """Return the tenant of this context, as its setting has it, or None."""
    return _current.get()


@contextmanager
def use(tenant_id: TenantId) -> Iterator[None]:
    """
    Make every query of the block, and of tasks started in it, run as this tenant: for a framework's middleware.

    Not around a `yield` of your own generator: until it goes on, its caller would be in the block too.

    Raises:
        TenantRequiredError: *tenant_id* is empty.
        TenantMismatchError: Another tenant is at work here.
    """
    tenant = checked_id(tenant_id)
    refuse_other(tenant)
    before = _current.get()
    _current.set(tenant)
    try:
        yield
    finally:
        _current.set(before)


def checked_id(tenant_id: TenantId) -> str:
    """Return *tenant_id* as its setting has it; what can be nobody's is a TenantRequiredError."""
    if isinstance(tenant_id, bool) or not isinstance(tenant_id, UUID | str | int):
        raise TenantRequiredError(f"a tenant is a UUID, a str or an int, found {type(tenant_id).__name__}")
    tenant = str(tenant_id)
    if not tenant.strip() or "\0" in tenant:
        raise TenantRequiredError(f"a tenant is not empty, found {tenant!r}")
    return tenant


def refuse_other(tenant: str) -> None:
    """Raise TenantMismatchError when this context, or a block that is open here, is another tenant's."""
    for other in (_current.get(), _blocks.tenant()):
        if other is not None and other != tenant:
            raise TenantMismatchError(f"tenant {tenant} inside tenant {other}: leave that one's block first")


def refuse_context(tenant: str, statement: Statement[Any]) -> None:
    """Raise TenantMismatchError when *statement* would run for *tenant* in a context that `use` gave to another."""
    other = _current.get()
    if other is not None and other != tenant:
        raise TenantMismatchError(
            f"{statement.place} would run as tenant {tenant} where the context is tenant {other}'s: "
            "it was passed what another tenant's block yielded"
        )


class _Blocks:
    """The `db.tenant()` blocks that are open, by thread and task: a copied context doesn't inherit them."""

    __slots__ = ("_open",)

    def __init__(self) -> None:
        self._open: dict[Owner, list[str]] = {}

    def tenant(self) -> str | None:
        """Return the tenant of who is running."""
        tenants = self._open.get(current_owner()) if self._open else None
        return tenants[-1] if tenants else None

    @contextmanager
    def entered(self, tenant: str) -> Iterator[None]:
        """Note that who is running works for *tenant*; a block may end in another thread or task."""
        runner = current_owner()
        refuse_other(tenant)
        self._open.setdefault(runner, []).append(tenant)
        try:
            yield
        finally:
            tenants = self._open[runner]
            tenants.pop()  # they are all the same tenant's
            if not tenants:
                del self._open[runner]


_blocks = _Blocks()
entered = _blocks.entered


def tenant_settings(tenant: str | None, setting: str, statement: Statement[Any]) -> Settings:
    """Return the settings of *tenant* around *statement*; without one it is refused if it is about tenants' tables."""
    if tenant is None:
        if statement.tenant:
            raise tenant_required(statement)
        return ()
    return ((setting, tenant),)


def tenant_required(statement: Statement[Any]) -> TenantRequiredError:
    """Return the error for *statement* without a tenant."""
    return TenantRequiredError(
        f"{statement.place} is about tenants' tables and nobody said whose rows are meant: "
        "pass what `db.tenant(tenant_id)` yields, or say it for the context with `plainsql.tenancy.use(tenant_id)`"
    )
