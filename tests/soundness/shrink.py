"""A failing statement made as small as it still fails, with the schema and the rows that it needs."""

from __future__ import annotations

from dataclasses import replace

import psycopg

from tests.soundness.check import Failure, refuted
from tests.soundness.piece import Piece, size, smaller
from tests.soundness.statement import numbered
from tests.soundness.states import State
from tests.soundness.workbench import Workbench


def shrink(bench: Workbench, failure: Failure, tries: int = 1500) -> Failure:
    """Return *failure* made smaller; *bench* has its schema."""
    state = failure.state
    if state is None:
        return failure
    state = state.copy()
    best = failure.statement.piece
    left = tries
    found = True
    while found and left > 0:
        found = False
        for candidate in smaller(best):
            if size(candidate) >= size(best):
                continue
            left -= 1
            if left <= 0:
                break
            if _fails(bench, candidate, state, failure):
                best = candidate
                found = True
                break
        if not found:
            found = _fewer_rows(bench, best, state, failure)
    detail = failure.detail
    if (outcome := _outcome(bench, best, state, failure.statement.seed)) is not None:
        detail = outcome[1]
    return Failure(failure.kind, replace(failure.statement, piece=best), state, detail)


def _fewer_rows(bench: Workbench, piece: Piece, state: State, failure: Failure) -> bool:
    """Leave out rows of *state* while it fails; return whether some went."""
    before = len(state.inserts)
    step = max(len(state.inserts) // 2, 1)
    while step:
        index = 0
        while index < len(state.inserts):
            less = replace(state, inserts=state.inserts[:index] + state.inserts[index + step :])
            if _fails(bench, piece, less, failure):
                state.inserts = less.inserts
            else:
                index += step
        step //= 2
    return len(state.inserts) < before


def _fails(bench: Workbench, piece: Piece, state: State, failure: Failure) -> bool:
    outcome = _outcome(bench, piece, state, failure.statement.seed)
    return outcome is not None and outcome[0] == failure.kind


def _outcome(bench: Workbench, piece: Piece, state: State, seed: int) -> tuple[str, str] | None:
    sql = numbered(str(piece))
    try:
        description = bench.describe(sql)
    except Exception as error:  # a crash is what we may be looking for
        return "crash", repr(error)
    if description.problem is not None or not description.columns:
        return None
    try:
        bench.enter(state.copy())
        return refuted(description, bench.run(sql, description, state, seed))
    finally:
        bench.leave()


def script(bench: Workbench, failure: Failure) -> str:
    """Return *failure* as a script for psql: what it needs of the schema, the rows, the statement."""
    state = failure.state or State("any")
    ddl = _needed(bench, failure, state)
    lines = [f"-- seed {failure.statement.seed}, state {state.name}: {failure.detail}"]
    lines += [f"{sql};" for sql in (*ddl, *state.sql(), failure.statement.sql)]
    return "\n".join(lines)


def _needed(bench: Workbench, failure: Failure, state: State) -> list[str]:
    """Return the DDL without which *failure* is none; *state* loses what belongs to the rest."""
    whole = list(bench.schema.ddl)
    piece = failure.statement.piece

    def enough(ddl: list[str], less: State) -> bool:
        try:
            bench.rebuild(ddl)
            return _fails(bench, piece, less, failure)
        except (psycopg.Error, AssertionError):
            return False
        finally:
            bench.leave()

    for index in reversed(range(len(state.legacy))):
        less = replace(state, legacy=state.legacy[:index] + state.legacy[index + 1 :])
        if enough(whole, less):
            state.legacy = less.legacy
    for index in reversed(range(len(state.refresh))):
        less = replace(state, refresh=state.refresh[:index] + state.refresh[index + 1 :])
        if enough(whole, less):
            state.refresh = less.refresh
    for step in (16, 4, 1, 1):  # from the end: views before the tables that they read
        index = len(whole) - step
        while index > -step:
            fewer = whole[: max(index, 0)] + whole[index + step :]
            if enough(fewer, state):
                whole = fewer
            index -= step
    return whole
