"""What a run found, as text."""

from __future__ import annotations

from collections import Counter

from tests.soundness.check import Tally


def summary(tally: Tally) -> str:
    """Return the figures in a few lines."""
    share = 100 * tally.accepted / max(tally.statements, 1)
    ran = 100 * tally.ran / max(tally.accepted, 1)
    rows = 100 * tally.with_rows / max(tally.accepted, 1)
    good = 100 * (tally.runs - tally.failed_runs) / max(tally.runs, 1)
    columns = tally.declared + tally.nullable_seen + tally.needless + tally.unseen
    per_thousand = 1000 * tally.seconds / max(tally.statements, 1)
    return "\n".join(
        [
            f"{tally.statements} statements, {share:.1f} % accepted; of those {ran:.1f} % ran, {rows:.1f} % gave rows; "
            f"{good:.1f} % of {tally.runs} runs succeeded",
            f"{columns} columns: {tally.declared} declared non-null, {tally.nullable_seen} declared nullable and seen "
            f"NULL, {tally.needless} declared nullable and never seen NULL in three rows or more, "
            f"{tally.unseen} without enough rows",
            f"elements and members: {tally.inside['non-null']} declared non-null, {tally.inside['seen NULL']} declared "
            f"nullable and seen NULL, {tally.inside['never NULL']} never seen NULL in three or more",
            f"not understood: {sum(tally.warned.values())}; wrong: {len(tally.failures)}; "
            f"{per_thousand:.1f} s for 1,000 statements",
        ]
    )


def details(tally: Tally) -> str:
    """Return the tables behind the figures: refusals, warnings, hints for precision, constructs."""
    lines = ["", "Refused by the server:", *_table(tally.refused, tally, 15)]
    lines += ["", "Not understood:", *_table(tally.warned, tally, 15)]
    lines += ["", "Errors while running, by SQLSTATE:", *_table(tally.errors, tally, 10)]
    lines += ["", "Declared nullable and never seen NULL, by what made the column (and how many were proved):"]
    for label, count in tally.never_null.most_common(60):
        seed, sql = tally.examples[label]
        lines.append(f"{count:7} ({tally.proved[label]:5})  {label}    seed {seed}: {sql[:150]}")
    lines += ["", "Constructs in accepted statements:"]
    plain = {
        use: count for use, count in tally.uses.items() if not use.startswith(("function: ", "aggregate: ", "window: "))
    }
    lines += [f"{count:7}  {use}" for use, count in sorted(plain.items(), key=lambda item: -item[1])]
    for kind in ("function: ", "aggregate: ", "window: "):
        counts = [count for use, count in tally.uses.items() if use.startswith(kind)]
        lines.append(f"{kind}{len(counts)} signatures, {sum(counts)} uses, {min(counts, default=0)} of the rarest")
    return "\n".join(lines)


def _table(counter: Counter[str], tally: Tally, most: int) -> list[str]:
    lines = []
    for key, count in counter.most_common(most):
        lines.append(f"{count:7}  {key}")
        if key in tally.examples:
            lines.append(f"         seed {tally.examples[key][0]}: {tally.examples[key][1][:300]}")
    return lines
