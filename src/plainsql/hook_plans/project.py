"""The hooks of a project: its two modules, what queries make of them, and what is wrong with that."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from plainsql.hook_plans.checks import check_after, check_before, check_twins, given, matched, outputs_of
from plainsql.hook_plans.functions import HookError, HookFunction, read_function
from plainsql.hook_plans.plan import After, Plan, Step, make_plan
from plainsql.hook_plans.source import Def, Module, Source, mentioned
from plainsql.query.hooks import Before, Word
from plainsql.query.model import Query
from plainsql.query.problem import Problem
from plainsql.query.source import closest, line_of, position_in

_SETTING = 'set hooks = "app.hooks" under [tool.plainsql] in pyproject.toml'


@dataclass(eq=False)
class Hooks:
    """
    The hooks of a project, read from source.

    Attributes:
        module: Of the hooks; None: the project has none.
        aio_module: Of their async twins.
        folders: Where the project's own packages may lie.
        root: Of the project, for messages.
    """

    module: str | None
    aio_module: str | None
    folders: Sequence[Path] = ()
    root: Path = field(default_factory=Path.cwd)

    def __post_init__(self) -> None:
        self.source = Source(self.folders)
        self._plans: dict[tuple[object, ...], Plan | list[Problem]] = {}

    def plan(self, query: Query) -> Plan | None:
        """Return the plan of a query whose hooks have no fault; None if it has no hooks."""
        found = self._planned(query) if query.before or query.after else None
        return found if isinstance(found, Plan) else None

    def problems(self, query: Query) -> list[Problem]:
        """Return what is wrong with the hooks that *query* names."""
        found = self._planned(query) if query.before or query.after else None
        return found if isinstance(found, list) else []

    def _planned(self, query: Query) -> Plan | list[Problem]:
        key = (query.file, query.key, query.before, query.after, query.parameters)
        if key not in self._plans:
            faults: list[Problem] = []
            calls = [(call, step) for call in query.before if (step := self._step(query, call, faults))]
            faults += _unread(query, calls)
            before = [step for _, step in calls]
            after = [hook for word in query.after if (hook := self._after(query, word, faults))]
            self._plans[key] = faults or make_plan(query, before, after)
        return self._plans[key]

    def find(self, name: str, kind: Literal["sync", "aio"] = "sync") -> HookFunction:
        """
        Return the hook *name*.

        Raises:
            HookError: There is none, or none whose types can be read.
        """
        module_name = self.module if kind == "sync" else self.aio_module
        if module_name is None:
            raise HookError(f"the project names no module of hooks, and '{name}' is one", _SETTING)
        module = self.source.module(module_name)
        if module.fault:
            hint = f"write def {name}(…) in it" if module.path is None else None
            raise HookError(f"hook '{name}' can't be read: {module.fault}", hint)
        found = self.source.find(module, name)
        if found is None:
            near = closest(name, module.public)
            hint = f"did you mean '{near}'?" if near else f"write def {name}(…) in {self._shown(module.path)}"
            raise HookError(f"unknown hook '{name}': {module_name} has no such function", hint)
        if found.is_private:
            hint = f'write import {name} as {name}, or put "{name}" into its __all__'
            raise HookError(f"type checkers don't see '{name}' in {module_name}, which only imports it", hint)
        return read_function(self.source, module, name, found)

    def _twin(self, name: str) -> HookFunction | None:
        """Return the function of the async hooks that has this name, if there is one."""
        if self.aio_module is None:
            return None
        module = self.source.module(self.aio_module)
        if module.path is None:
            return None
        found = self.source.find(module, name)
        if not module.fault and (found is None or found.is_private):  # what it only imports is for its own use
            return None
        return self.find(name, "aio")

    def _step(self, query: Query, call: Before, faults: list[Problem]) -> Step | None:
        try:
            hook = self.find(call.hook.text)
            twin = self._twin(call.hook.text) or hook
            check_before(hook, self._place(hook))
            check_twins(hook, twin)
            inputs, keywords = matched(hook, [word.text for word in call.inputs])
            outputs = outputs_of(query, hook, call)
        except HookError as wrong:
            faults.append(problem_of(query, wrong.word or call.hook, str(wrong), wrong.hint))
        else:
            return Step(hook, twin, inputs, keywords, outputs)
        return None

    def _after(self, query: Query, word: Word, faults: list[Problem]) -> After | None:
        try:
            hook = self.find(word.text)
            check_after(hook, self._place(hook))
            twin = self._twin(word.text)
            if twin is None or not twin.is_async:
                found = "is no async def there" if twin else "has no async twin"
                where = self.aio_module or "the module of async hooks"
                hint = f"write async def {hook.name}({given(hook)}) in {where}"
                raise HookError(f"hook '{hook.name}' {found}: it gets a transaction, and those differ", hint)
            check_twins(hook, twin)
        except HookError as wrong:
            faults.append(problem_of(query, word, str(wrong), wrong.hint))
            return None
        return After(hook, twin, not hook.returns_none)

    def signatures(self, names: Iterable[str]) -> Iterator[str]:
        """Yield what generated code depends on of each hook that there is."""
        for name in sorted(set(names)):
            for kind in ("sync", "aio"):
                try:
                    found = self.find(name, "sync" if kind == "sync" else "aio")
                except HookError as wrong:
                    yield f"{kind} {name}: {wrong}"
                else:
                    yield f"{kind} {found.signature}"

    def files(self) -> list[Path]:
        """Return the files of the two modules, as far as they exist."""
        modules = [self.source.module(name) for name in (self.module, self.aio_module) if name]
        return [module.path for module in modules if module.path is not None]

    def unused(self, queries: Iterable[Query]) -> Iterator[Problem]:
        """Yield a warning for each function of the hooks modules that no query names and neither of them mentions."""
        used = {call.hook.text for query in queries for call in query.before}
        used |= {word.text for query in queries for word in query.after}
        modules = [self.source.module(name) for name in (self.module, self.aio_module) if name]
        used |= {name for module in modules for name in mentioned(module)}
        for module in modules:
            for name in module.public:
                if name not in used and module.path is not None:
                    yield _unused(module, name, self._shown(module.path))

    def _place(self, hook: HookFunction) -> str:
        return f"{self._shown(hook.file)}:{hook.line}"

    def _shown(self, path: Path | None) -> str:
        if path is None:
            return "the hooks module"
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)


def problem_of(query: Query, word: Word, message: str, hint: str | None) -> Problem:
    """Return a fault of a word of a directive."""
    text = query.source_map.text
    place = position_in(text, word.start)
    source = line_of(text, word.start)
    return Problem(query.file, place.line, place.column, message, hint, source, len(word.text), query.key)


def _unread(query: Query, calls: Sequence[tuple[Before, Step]]) -> Iterator[Problem]:
    """Yield a fault for each result that another hook replaces before anybody has read it."""
    unread: dict[str, Step] = {}
    for call, step in calls:
        for name in step.given:
            unread.pop(name, None)
        for word in call.outputs or ():
            if earlier := unread.get(word.text):
                message = f"'{word.text}' is made by {earlier.hook.name} already, whose result nobody would read"
                hint = f"give it to this hook too: {step.hook.name}({word.text} -> {word.text})"
                yield problem_of(query, word, message, hint)
        unread |= dict.fromkeys(step.outputs, step)


def _unused(module: Module, name: str, shown: str) -> Problem:
    node = module.names[name]
    assert isinstance(node, Def)  # what is public is a def
    message = f"no query names the hook '{name}'"
    hint = f"name it by @before or @after, call it _{name}, or take it out"
    said = f"{'async ' * isinstance(node, ast.AsyncFunctionDef)}def {name}"
    source = f"{' ' * node.col_offset}{said}"
    return Problem(shown, node.lineno, node.col_offset + 1, message, hint, source, len(said), level="warning")
