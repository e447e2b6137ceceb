"""What a check of tenants found, for people and programs."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Level = Literal["error", "warning"]
Verdict = Literal["kept apart", "LEAK", "nothing seen", "not run"]


@dataclass(frozen=True, slots=True)
class Finding:
    """
    What the catalog says against a table, policy, view, function or key.

    Attributes:
        level: An error fails the check.
        code: Stays the same when the message is written anew.
        object: Its name.
        message: What is wrong.
        hint: What to do.
    """

    level: Level
    code: str
    object: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Proof:
    """
    What came of running one thing as both tenants.

    Attributes:
        kind: query, table, view or function.
        name: Its name.
        verdict: Of all runs; *nothing seen* when no run returned or wrote a row, so that it says little.
        runs: How often it ran as one of the tenants beside the other.
        rows: Rows returned or written in these.
        detail: The leak, or why it was not run.
    """

    kind: Literal["query", "table", "view", "function"]
    name: str
    verdict: Verdict
    runs: int = 0
    rows: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Fill:
    """Rows that were made in a table for each tenant, and why there are none."""

    table: str
    rows: int
    problem: str = ""


@dataclass(slots=True)
class Report:
    """All of it."""

    findings: list[Finding] = field(default_factory=list)
    proofs: list[Proof] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether there is a leak, or an error of the catalog."""
        return any(finding.level == "error" for finding in self.findings) or any(
            proof.verdict == "LEAK" for proof in self.proofs
        )

    def as_json(self) -> dict[str, Any]:
        """Return everything as built-in types."""
        return {
            "failed": self.failed,
            "findings": [asdict(finding) for finding in self.findings],
            "proofs": [asdict(proof) for proof in self.proofs],
            "tables": [asdict(fill) for fill in self.fills],
        }
