"""One source of chance for a statement: every choice comes from its seed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from tests.soundness.piece import Piece, expression
from tests.soundness.schema import Schema
from tests.soundness.types import BASES, TYPES, constant

Choice = TypeVar("Choice")


@dataclass(slots=True)
class Draw:
    """
    Draws from a seed and remembers what was drawn.

    Attributes:
        random: Where chance comes from.
        schema: What the statement may name.
        version: Of the server, as 180000.
        parameters: Types of $1, $2, …
        uses: How often each construct was made.
        budget: Pieces that may still be made; small ones only when it is used up.
        with_parameters: Views have none.
    """

    random: random.Random
    schema: Schema
    version: int
    parameters: list[str] = field(default_factory=list)
    uses: Counter[str] = field(default_factory=Counter)
    budget: int = 70
    with_parameters: bool = True
    names: int = 0

    def name(self, prefix: str = "x") -> str:
        """Return a name that nothing else has."""
        self.names += 1
        return f"{prefix}{self.names}"

    def use(self, construct: str) -> None:
        """Count a construct."""
        self.uses[construct] += 1

    def chance(self, percent: float) -> bool:
        """Return True in *percent* of all cases."""
        return self.random.random() * 100 < percent

    def pick(self, choices: Sequence[Choice]) -> Choice:
        """Return one of *choices*."""
        return self.random.choice(choices)

    def weighed(self, choices: Mapping[Choice, float]) -> Choice:
        """Return one of *choices*, the heavier the likelier."""
        return self.random.choices(list(choices), list(choices.values()))[0]

    def spend(self, depth: int) -> bool:
        """Return whether another nested piece may be made."""
        self.budget -= 1
        return depth > 0 and self.budget > 0

    def value(self, type: str) -> str:
        """Return the text of a value of *type*."""
        known = TYPES[type]
        return self.pick(known.edges if known.edges and self.chance(14) else known.usual)

    def constant(self, type: str) -> Piece:
        """Return a constant of *type*, now and then NULL."""
        if self.chance(5) and type != "filled":
            self.use("NULL")
            return expression(type, "NULL", f"NULL::{type}")
        return expression(type, "constant", constant(type, self.value(type)))

    def parameter(self, type: str, *, bare: bool) -> Piece:
        """Return a parameter of *type*; *bare* where the server can tell that type by itself."""
        type = BASES.get(type, type)
        known = [number for number, other in enumerate(self.parameters, 1) if other == type]
        if known and self.chance(30):
            number = self.pick(known)
            self.use("parameter again")
        else:
            self.parameters.append(type)
            number = len(self.parameters)
        self.use("parameter")
        return expression(type, "parameter", f"${number}" if bare else f"${number}::{type}")
