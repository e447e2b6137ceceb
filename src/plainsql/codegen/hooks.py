"""The body of a function with hooks: what runs before the statement, and the block it shares with what runs after."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence

from plainsql.codegen import literal
from plainsql.codegen.imports import Imports
from plainsql.hook_plans.plan import After, Plan, Step
from plainsql.query.model import Query

_WIDTH = 100


class HookedBody:
    """
    Writes one function's body.

    Args:
        query: The query.
        plan: Its hooks.
        modules: Dotted names of the hooks module and of its async twin.
        fetch: The runtime's function, and the name of the statement.
        row: Type of what the hooks are given a list of.
        given: Annotations of the function's own parameters.
        sent: Annotations of the SQL's parameters.
        imports: Takes what the body needs of the module.
        version: The parameter that ``@optimistic`` names.
        awaited: It is a coroutine.
    """

    def __init__(
        self,
        query: Query,
        plan: Plan,
        modules: tuple[str | None, str | None],
        *,
        fetch: tuple[str, str],
        row: str,
        given: Mapping[str, str],
        sent: Mapping[str, str],
        imports: Imports,
        awaited: bool,
        version: str | None = None,
    ) -> None:
        self._query = query
        self._plan = plan
        self._fetch, self._statement = fetch
        self._row = row
        self._given = given
        self._sent = sent
        self._imports = imports
        self._awaited = awaited
        self._version = version
        self._taken = {"conn", *given, *query.parameters}
        self._local = {name: name for name in given}
        self._modules = self._aliases(modules)
        self._await = "await " if awaited else ""

    def lines(self) -> list[str]:
        """Return the lines of the body, indented once."""
        lines = [*self._import_lines(), ""]
        for step in self._plan.before:
            lines += self._step(step)
        if self._plan.after:
            lines += self._block()
        elif self._version is None:
            lines += _wrapped("return ", f"{self._await}{self._fetch}", self._call("conn"))
        else:
            found = self._free("found")
            lines += [*self._fetched(found, "conn"), f"return {self._unless_stale(found)}"]
        return [f"    {line}" if line else "" for part in lines for line in part.split("\n")]

    def _aliases(self, modules: tuple[str | None, str | None]) -> dict[bool, tuple[str, str]]:
        """Return module and local name of the hooks, and of their twins, as far as the body calls them."""
        hooks: list[Step | After] = [*self._plan.before, *self._plan.after]
        calls = set(map(self._is_twin, hooks))
        found: dict[bool, tuple[str, str]] = {}
        for is_twin, module in zip((False, True), modules, strict=True):
            if is_twin in calls and module is not None:
                name = module.rpartition(".")[2]
                found[is_twin] = module, self._free(f"aio_{name}" if is_twin and found else name)
        return found

    def _is_twin(self, call: Step | After) -> bool:
        return self._awaited and call.twin is not call.hook

    def _free(self, name: str) -> str:
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name

    def _import_lines(self) -> Iterator[str]:
        for module, alias in self._modules.values():
            package, _, name = module.rpartition(".")
            line = f"from {package} import {name}" if package else f"import {name}"
            yield line if alias == name else f"{line} as {alias}"

    def _function(self, call: Step | After) -> str:
        return f"{self._modules[self._is_twin(call)][1]}.{call.hook.name}"

    def _step(self, step: Step) -> list[str]:
        function = self._function(step)
        arguments = [self._local[name] for name in step.inputs]
        arguments += [f"{name}={self._local[name]}" for name in step.keywords]
        if self._awaited and step.twin.is_async:
            function = f"await {function}"
        elif self._awaited and step.twin.is_slow:
            self._imports.add("from plainsql.aio.hooks import run_slow")
            function, arguments = "await run_slow", [function, *arguments]
        declared = [self._declared(name) for name in step.outputs]
        if len(declared) == 1:
            return _wrapped(f"{declared[0]} = ", function, arguments)
        alone = [declaration for declaration in declared if ":" in declaration]
        names = ", ".join(self._local[name] for name in step.outputs)
        return [*alone, *_wrapped(f"{names} = " if names else "", function, arguments)]

    def _declared(self, name: str) -> str:
        """Return what stands left of the `=` for the SQL's parameter *name*: with its type where it is new."""
        if name in self._local and (name not in self._given or self._given[name] == self._sent[name]):
            return self._local[name]
        if self._local.get(name, name) != name:
            return self._local[name]
        self._local[name] = self._free(name) if name in self._given else name
        return f"{self._local[name]}: {self._sent[name]}"

    def _call(self, conn: str) -> list[str]:
        names = [self._local.get(name, name) for name in self._query.parameters]
        return [conn, self._statement, *([literal.tuple_of(names)] if names else [])]

    def _fetched(self, name: str, conn: str) -> list[str]:
        return _wrapped(f"{name} = ", f"{self._await}{self._fetch}", self._call(conn))

    def _unless_stale(self, found: str) -> str:
        assert self._version is not None
        return f"unless_stale({self._statement}, {self._local.get(self._version, self._version)}, {found})"

    def _block(self) -> list[str]:
        package = "plainsql.aio.hooks" if self._awaited else "plainsql.hooks"
        replaces = any(hook.replaces for hook in self._plan.after)
        names = ["hooked", "replaced_by"] if replaces else ["hooked"]
        self._imports.add(f"from {package} import {', '.join(names)}")
        tx = self._free("tx")
        kind = self._query.kind
        rows = self._free("rows")
        if kind == "many":
            inner, returned = self._fetched(rows, tx), rows
        else:
            row = self._free("value" if kind == "value" else "row")
            some = f"[] if {row} is None else [{row}]" if kind == "optional" else f"[{row}]"
            if self._version is None:
                inner = self._fetched(row, tx)
            else:
                found = self._free("found")
                inner = [*self._fetched(found, tx), f"{row} = {self._unless_stale(found)}"]
            if kind == "optional" or replaces:
                inner.append(f"{rows}: list[{self._row}] = {some}")
            else:
                rows = some
            first = f"{rows}[0] if {rows} else None" if kind == "optional" else f"{rows}[0]"
            returned = first if replaces else row
        for hook in self._plan.after:
            function = self._function(hook)
            if hook.replaces:
                inner += _wrapped(f"{rows} = ", f"{self._await}replaced_by", [function, tx, rows])
            else:
                inner += _wrapped("", f"{self._await}{function}", [tx, rows])
        start = f"{'async ' if self._awaited else ''}with hooked(conn, {self._statement}) as {tx}:"
        return [start, *textwrap.indent("\n".join(inner), "    ").split("\n"), f"return {returned}"]


def _wrapped(start: str, function: str, arguments: Sequence[str]) -> list[str]:
    """Return a call, one argument a line where one line is too short for all."""
    line = f"{start}{function}({', '.join(arguments)})"
    if len(line) <= _WIDTH - 8:
        return [line]
    return [f"{start}{function}(", *(f"    {argument}," for argument in arguments), ")"]


def hook_lines(plan: Plan) -> list[str]:
    """Return what a docstring says of the hooks."""
    lines: list[str] = []
    if plan.before:
        lines += ["", *_filled(f"Before the statement: {'; '.join(map(str, plan.before))}.")]
    if plan.after:
        names = [f"{after.hook.name}{' (replaces the rows)' * after.replaces}" for after in plan.after]
        lines += ["", *_filled(f"After it, in its transaction: {', '.join(names)}.")]
    return lines


def _filled(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH - 4, break_long_words=False, break_on_hyphens=False)
