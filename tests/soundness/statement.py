"""One seed, one statement."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass, field

from tests.soundness import queries, writes
from tests.soundness.draw import Draw
from tests.soundness.piece import NOTHING, Piece, listed, optional
from tests.soundness.schema import Schema
from tests.soundness.scope import Scope


@dataclass(frozen=True, slots=True)
class Statement:
    """
    A statement.

    Attributes:
        labels: What made each of its columns.
        uses: How often each construct is in it.
    """

    seed: int
    piece: Piece
    labels: tuple[str, ...] = ()
    uses: Counter[str] = field(default_factory=Counter)

    @property
    def sql(self) -> str:
        """Return the text, with the parameters numbered from 1 without gaps."""
        return numbered(str(self.piece))


def numbered(sql: str) -> str:
    """Number the parameters of *sql* anew, in order of appearance."""
    numbers: dict[str, int] = {}
    return re.sub(r"\$(\d+)", lambda match: f"${numbers.setdefault(match[1], len(numbers) + 1)}", sql)


def make_statement(seed: int, schema: Schema, version: int) -> Statement:
    """Return the statement of *seed*; *version* is the server's, as 180000."""
    draw = Draw(random.Random(f"statement {seed}"), schema, version)
    draw.budget = draw.pick((8, 20, 40, 70, 120))
    depth = draw.pick((1, 2, 2, 3, 3, 4, 5))
    if draw.chance(72):
        query = queries.named(queries.make(draw, Scope(), depth, None, top=True), draw)
        return Statement(seed, query.piece, query.labels, draw.uses)
    tables: list[Piece] = []
    outer = Scope()
    if draw.chance(35):
        for _ in range(draw.pick((1, 2))):
            name = draw.name("w")
            written = writes.make(draw, outer, min(depth, 2))
            if len({column for column, _ in written.columns}) == len(written.columns) > 0:
                draw.use("data-modifying CTE")
                outer.tables[name] = written.columns
                tables.append(Piece((f"{name} AS (", written.piece, ")")))
    before = optional("WITH ", listed(tables), " ") if tables else NOTHING
    if tables and draw.chance(60):
        query = queries.named(queries.make(draw, outer, depth, None, bare=True), draw)
        return Statement(seed, Piece((before, query.piece)), query.labels, draw.uses)
    written = writes.make(draw, outer, min(depth, 2), returning=draw.chance(85))
    return Statement(seed, Piece((before, written.piece)), written.labels, draw.uses)
