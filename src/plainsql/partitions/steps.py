"""
Maintenance as a conversation: yields what is to be sent, is given the answers. It does no I/O itself, so sync and async
share it.

Every step can be the last one before a crash: the next run sees in the catalog where this one was. A partition that is
to be dropped is marked by a comment first; a table that carries the mark and is no partition any more is what a run
left that died between DETACH and DROP.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import psycopg

from plainsql.errors import PartitionError
from plainsql.partition_settings import PartitionSetting
from plainsql.partitions import ddl
from plainsql.partitions.looking import check_rights, find, look
from plainsql.partitions.model import Action, Cell, Partition, Plan, Report, State, What
from plainsql.partitions.planning import make_plan, partition_name
from plainsql.partitions.requests import Ask, Conversation, Pause, Run
from plainsql.queries.partitions import (
    RELATION_EXISTS,
    SESSION_SETTINGS,
    SET_LOCK_TIMEOUT,
    TRY_LOCK_MAINTENANCE,
    UNLOCK_MAINTENANCE,
    SessionSettingsRow,
)

PATIENCE = 60.0
"""Seconds to wait for another run on the same table."""
POLL = 0.1
"""Seconds between two looks at its lock: a session that slept inside the server would hold up DETACH … FINALIZE."""
LONGEST_PAUSE = 5.0


RETRIED = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)


def pause_before(attempt: int) -> float:
    """Return the seconds to wait before try number *attempt*, 2 or more."""
    return float(min(LONGEST_PAUSE, 0.1 * 2 ** (attempt - 1)))


def maintenance(
    setting: PartitionSetting, *, now: datetime | None, dry_run: bool, lock_timeout: float, tries: int
) -> Conversation[Report]:
    """
    Keep the partitions of one table.

    Raises:
        PartitionError: The table can't be maintained, or another run is at work.
    """
    state = yield from look(setting)
    if dry_run:
        work = _Work(setting, now, tries, planned=True)
        return (yield from work.all(state))
    check_rights(state)
    settings: SessionSettingsRow = (yield Ask(SESSION_SETTINGS))[0]
    if settings.is_read_only:
        raise PartitionError(f"{state.name}: transactions are read only here; connect to the primary")
    key = f"plainsql partitions {state.name}"
    yield from _lock(key, state)
    try:
        yield Ask(SET_LOCK_TIMEOUT, (f"{max(1, round(lock_timeout * 1000))}ms",))
        state = yield from look(setting)
        report = yield from _Work(setting, now, tries, planned=False).all(state)
    except GeneratorExit:
        raise
    except BaseException:
        with suppress(psycopg.Error):  # where the connection is gone, so is the lock
            yield from _give_back(key, settings)
        raise
    yield from _give_back(key, settings)
    return report


def _give_back(key: str, settings: SessionSettingsRow) -> Conversation[None]:
    yield Ask(SET_LOCK_TIMEOUT, (settings.lock_timeout,))
    yield Ask(UNLOCK_MAINTENANCE, (key,))


def _lock(key: str, state: State) -> Conversation[None]:
    waited = 0.0
    while not (yield Ask(TRY_LOCK_MAINTENANCE, (key,)))[0]:
        if waited >= PATIENCE:
            raise PartitionError(
                f"{state.name}: another run has been at work for {PATIENCE:g} seconds; try again later"
            )
        yield Pause(POLL)
        waited += POLL


@dataclass
class _Work:
    """One run; *planned* does nothing and says what would be done."""

    setting: PartitionSetting
    now: datetime | None
    tries: int
    planned: bool
    actions: list[Action] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def all(self, state: State) -> Conversation[Report]:
        """Do all of it: what others left first, then what is missing, then what is too old."""
        now = (self.now or state.table.server_now).astimezone(UTC)
        if (yield from self._settle(state)):
            state = yield from look(self.setting)
        plan = make_plan(self.setting, state, now)
        for cell in plan.create:
            yield from self._create(state, cell)
        yield from self._mend(state, plan)
        for row in plan.retire:
            if not (yield from self._retire(state, row)):
                self.notes.append(f"{row.name} is still being detached: one at a time, so later ones wait")
                break
        if state.default is not None and not self.planned and plan.create:
            plan = make_plan(self.setting, (yield from look(self.setting)), now)  # what it holds now
        return Report(state.name, tuple(self.actions), (*self.notes, *plan.notes))

    def _settle(self, state: State) -> Conversation[bool]:
        """End what earlier runs, or others, began; return whether there was anything."""
        pending = [row for row in state.partitions if row.is_pending]
        left = [row for row in state.partitions if not row.is_attached]
        for row in pending:
            done = yield from self._step("finalize", row, Run([ddl.detach(state, row, "FINALIZE")], False))
            if not state.is_marked(row):
                self.notes.append(f"{row.name} was being detached by somebody else: it stays, as a table of its own")
            elif done:
                left.append(row)
        for row in left:
            yield from self._step("drop", row, Run([ddl.drop(row)]))
        return bool(pending or left) and not self.planned

    def _create(self, state: State, cell: Cell) -> Conversation[None]:
        name = partition_name(self.setting, state.table.table_name, cell)
        action = Action("create", f"{state.table.schema_name}.{name}", "planned", cell.lower, cell.upper)
        if (yield Ask(RELATION_EXISTS, (state.table.schema_name, name)))[0]:
            said = f"that name is taken by what isn't this partition of {state.name}: rename, attach or drop it"
            self.actions.append(replace(action, status="failed", detail=said))
            return
        yield from self._attempt(action, Run(ddl.create(state, name, cell)))

    def _mend(self, state: State, plan: Plan) -> Conversation[None]:
        for row in plan.keep:
            yield from self._step("keep", row, Run(ddl.comment(row, None)))
        for row in plan.secure:
            yield from self._step("secure", row, Run(ddl.row_security(state, ddl.name_of(row))))

    def _retire(self, state: State, row: Partition) -> Conversation[bool]:
        """Detach and drop a partition; return whether another one can be detached now."""
        if self.setting.detach == "blocking" or state.default is not None:
            yield from self._step("drop", row, Run([ddl.detach(state, row), ddl.drop(row)]))
            return True
        if not self.planned and not state.is_marked(row):
            action = Action("detach", row.name, "planned", row.lower, row.upper)
            marked = yield from self._tried(action, Run(ddl.comment(row, state.mark)), None)
            if marked.status == "failed":
                self.actions.append(marked)
                return True
        if not (yield from self._detach(state, row)):
            return (yield from self._forget(state, row))
        yield from self._step("drop", row, Run([ddl.drop(row)]))
        return True

    def _detach(self, state: State, row: Partition) -> Conversation[bool]:
        """Detach CONCURRENTLY; what a lock broke off in its second half is brought to its end by FINALIZE."""

        def again() -> Conversation[Run | None]:
            found = yield from find(state, row)
            if found is None or not found.is_attached:
                return None
            return Run([ddl.detach(state, row, "FINALIZE" if found.is_pending else "CONCURRENTLY")], False)

        return (yield from self._step("detach", row, Run([ddl.detach(state, row, "CONCURRENTLY")], False), again))

    def _forget(self, state: State, row: Partition) -> Conversation[bool]:
        """
        Take the mark from a partition that could not be detached: somebody may detach it to keep it.

        Returns:
            False when half of the DETACH was done, so that its end has to be waited for.
        """
        found = yield from find(state, row)
        if found is not None and found.is_pending:
            return False
        if found is not None and found.is_attached:
            keep = Action("keep", row.name, "planned", row.lower, row.upper)
            kept = yield from self._tried(keep, Run(ddl.comment(row, None)), None)
            if kept.status == "failed":
                self.actions.append(kept)
        return True

    def _step(
        self, what: What, row: Partition, run: Run, again: Callable[[], Conversation[Run | None]] | None = None
    ) -> Conversation[bool]:
        return self._attempt(Action(what, row.name, "planned", row.lower, row.upper), run, again)

    def _attempt(
        self, action: Action, run: Run, again: Callable[[], Conversation[Run | None]] | None = None
    ) -> Conversation[bool]:
        """
        Do a step, again when a lock was in the way; note how it went.

        Args:
            action: What it is.
            run: What does it.
            again: Says what does it at the next try; None, and it has been done after all.

        Returns:
            Whether it was done, or would be.
        """
        if not self.planned:
            action = yield from self._tried(action, run, again)
        self.actions.append(action)
        return action.status != "failed"

    def _tried(
        self, action: Action, run: Run | None, again: Callable[[], Conversation[Run | None]] | None
    ) -> Conversation[Action]:
        attempt = 1
        while run is not None:
            try:
                counts = [count for count, _ in (yield run)]
            except RETRIED as error:
                if attempt >= self.tries:
                    return replace(action, status="failed", detail=f"{_message(error)}, {attempt} times")
            except psycopg.Error as error:
                if _is_fatal(error):
                    raise
                return replace(action, status="failed", detail=_message(error))
            else:
                moved = max(counts) if action.what == "create" else 0
                said = f"{moved:,} rows moved out of the default partition" if moved > 0 else ""
                return replace(action, status="done", detail=said)
            attempt += 1
            yield Pause(pause_before(attempt))
            run = (yield from again()) if again is not None else run
        return replace(action, status="done")


def _is_fatal(error: psycopg.Error) -> bool:
    """Return whether the connection is gone. Manual: PostgreSQL Error Codes."""
    return error.sqlstate is None or error.sqlstate.startswith(("08", "57P", "25P"))


def _message(error: psycopg.Error) -> str:
    detail = f": {error.diag.message_detail}" if error.diag.message_detail else ""
    return f"{error.diag.message_primary or error}{detail}"
