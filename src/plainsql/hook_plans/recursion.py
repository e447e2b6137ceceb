"""Hooks that come back to the query they belong to: seen in their source, before anything runs."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from plainsql.hook_plans.functions import HookFunction
from plainsql.hook_plans.plan import After, Plan, Step
from plainsql.hook_plans.source import Def, Module, Source, names_bound
from plainsql.query.hooks import Word
from plainsql.query.model import Query


class Recursion(NamedTuple):
    """A hook of *query* that leads back to it; *chain* are queries and hooks in turn, from the hook to the query."""

    query: Query
    word: Word
    chain: tuple[str, ...]


class _Run(NamedTuple):
    hook: Word
    query: str


def recursions(source: Source, plans: Mapping[str, tuple[Query, Plan]], package: str) -> Iterator[Recursion]:
    """
    Yield the hooks that lead back to their own query.

    Args:
        source: Reads the project's modules.
        plans: Of the queries that have hooks, by key.
        package: Of the generated modules.
    """
    calls = _Calls(source, package)
    for of in ("sync", "aio"):
        runs = {key: list(_runs(calls, query, plan, of)) for key, (query, plan) in plans.items()}
        found = [
            Recursion(query, run.hook, (run.hook.text, *chain))
            for key, (query, _) in plans.items()
            for run in runs[key]
            if (chain := _chain(runs, run.query, key)) is not None
        ]
        yield from found
        if found:  # the twins would say the same again
            return


def _runs(calls: _Calls, query: Query, plan: Plan, of: str) -> Iterator[_Run]:
    words = [*(call.hook for call in query.before), *query.after]
    hooks: list[Step | After] = [*plan.before, *plan.after]
    for word, call in zip(words, hooks, strict=True):
        for key in calls.of(call.hook if of == "sync" else call.twin):
            yield _Run(word, key)


def _chain(runs: Mapping[str, list[_Run]], start: str, goal: str) -> tuple[str, ...] | None:
    """Return the shortest way from query *start* to query *goal*: queries with the hooks between."""
    ways: dict[str, tuple[str, ...]] = {start: (start,)}
    pending = [start]
    for key in pending:
        if key == goal:
            return ways[key]
        for run in runs.get(key, ()):
            if run.query not in ways:
                ways[run.query] = (*ways[key], run.hook.text, run.query)
                pending.append(run.query)
    return None


class _Calls:
    """Finds the generated functions that a function mentions, directly or through others of the project."""

    def __init__(self, source: Source, package: str) -> None:
        self._source = source
        self._package = package

    def of(self, hook: HookFunction) -> list[str]:
        """Return the keys of the queries that *hook* may run."""
        root = hook.module.name.split(".")[0]
        found: dict[str, None] = {}
        seen = {(hook.module.name, hook.node.name)}
        pending: list[tuple[Module, Def]] = [(hook.module, hook.node)]
        for module, node in pending:
            for name in self._mentioned(module, node):
                if name.startswith(f"{self._package}."):
                    found[name.removeprefix(f"{self._package}.").removeprefix("aio.")] = None
                elif name.split(".")[0] == root and (target := self._function(name)) is not None:
                    where = (target[0].name, target[1].name)
                    if where not in seen:
                        seen.add(where)
                        pending.append(target)
        return list(found)

    def _function(self, name: str) -> tuple[Module, Def] | None:
        """Return the project's own function that a dotted name means, None if it is anything else."""
        parts = name.split(".")
        depth = self._source.depth(parts)
        if depth != len(parts) - 1:
            return None
        found = self._source.find(self._source.module(".".join(parts[:depth])), parts[-1])
        return (found.module, found.node) if found is not None and isinstance(found.node, Def) else None

    def _mentioned(self, module: Module, node: Def) -> Iterator[str]:
        """Yield the dotted names that the body of a function mentions, but for what it leaves until after COMMIT."""
        parts = list(_walked(node.body))
        local = {
            name: part for part in parts if isinstance(part, ast.Import | ast.ImportFrom) for name in names_bound(part)
        }
        for part in parts:
            if isinstance(part, ast.Name | ast.Attribute):
                words = ast.unparse(part).split(".")
                if all(word.isidentifier() for word in words):
                    full = self._source.full_name(module, words, local)
                    if full is not None:
                        yield full


def _walked(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    for node in nodes:
        yield node
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "after_commit":
            continue
        yield from _walked(ast.iter_child_nodes(node))
