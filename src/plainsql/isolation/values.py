"""Values of any type, as text that the server reads: drawn at random, with a mark in what has room for one."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from plainsql.isolation.patterns import numbers_for, texts_for
from plainsql.typemap import PgType

DAYS = 40
"""Moments are at most so far from today."""
TODAY = datetime.now(UTC).date()
_INTEGERS = {"int2": 2**15 - 1, "int4": 2**31 - 1, "int8": 2**63 - 1}
_SAMPLES: dict[str, Callable[[Random], str]] = {
    "bool": lambda c: c.choice(("true", "false")),
    "float4": lambda c: str(c.randint(0, 1000) / 4),
    "float8": lambda c: str(c.randint(0, 10**6) / 8),
    "money": lambda c: str(c.randint(1, 10**4)),
    "oid": lambda c: str(c.randint(1, 10**6)),
    "xid": lambda c: str(c.randint(1, 10**6)),
    "xid8": lambda c: str(c.randint(1, 10**6)),
    "uuid": lambda c: str(uuid.UUID(int=c.getrandbits(128), version=4)),
    # Near today: conditions ask for what was lately or will be soon, and series over the time between stay short.
    "date": lambda c: (TODAY + timedelta(days=c.randint(-DAYS, DAYS))).isoformat(),
    # Full hours are frequent: a condition may ask for them.
    "time": lambda c: f"{c.randint(0, 23):02}:{c.choice((0, c.randint(0, 59))):02}",
    "timetz": lambda c: f"{_SAMPLES['time'](c)}+00",
    "timestamp": lambda c: f"{_SAMPLES['date'](c)} {_SAMPLES['time'](c)}",
    "timestamptz": lambda c: f"{_SAMPLES['date'](c)} {_SAMPLES['time'](c)}+00",
    "interval": lambda c: f"{c.randint(1, 90)} days",
    "bytea": lambda c: "\\x" + c.randbytes(32).hex(),
    "json": lambda c: f'{{"k": {c.randint(1, 99)}}}',
    "jsonb": lambda c: f'{{"k": {c.randint(1, 99)}}}',
    "jsonpath": lambda c: "$.k",
    "inet": lambda c: f"10.0.{c.randint(0, 255)}.{c.randint(1, 254)}",
    "cidr": lambda c: f"10.{c.randint(0, 255)}.0.0/16",
    "macaddr": lambda c: f"08:00:2b:{c.randbytes(3).hex(':')}",
    "macaddr8": lambda c: f"08:00:2b:01:02:{c.randbytes(3).hex(':')}",
    "tsvector": lambda c: f"word{c.randint(1, 99)}",
    "tsquery": lambda c: f"word{c.randint(1, 99)}",
    "xml": lambda c: f"<a>{c.randint(1, 99)}</a>",
    "bit": lambda c: c.choice("01"),
    "varbit": lambda c: f"{c.getrandbits(8):b}",
    "point": lambda c: f"({c.randint(0, 99)},{c.randint(0, 99)})",
    "box": lambda c: f"(({c.randint(1, 9)},1),(0,0))",
    "circle": lambda c: f"<(0,0),{c.randint(1, 9)}>",
    "line": lambda c: f"{{1,{c.randint(1, 9)},0}}",
    "lseg": lambda c: f"[(0,0),(1,{c.randint(1, 9)})]",
    "path": lambda c: f"[(0,0),(1,{c.randint(1, 9)})]",
    "polygon": lambda c: f"((0,0),(1,0),(1,{c.randint(1, 9)}))",
    "hstore": lambda c: f'"k"=>"{c.randint(1, 99)}"',
    "ltree": lambda c: f"a.b{c.randint(1, 99)}",
    "pg_lsn": lambda c: f"0/{c.randint(1, 10**6):X}",
    "regclass": lambda c: "pg_class",
}
_TEXTS = ("text", "varchar", "bpchar", "citext", "name")


def draw(
    type_: PgType, chance: Random, *, mark: str, typmod: int = -1, checks: Sequence[str] = (), name: str = ""
) -> str | None:
    """
    Return a value of *type_* as text.

    Args:
        type_: Of the value.
        chance: The dice.
        mark: Put into texts, so that one of them is known again where it doesn't belong.
        typmod: Of the column: the length of varchar(n), precision and scale of numeric.
        checks: Conditions that name the column; texts are drawn that they may let pass.
        name: Of the column or parameter.

    Returns:
        None for a type that nobody here can write.
    """
    base = type_
    while base.kind == "domain" and base.base is not None:
        base = base.base
    if base.labels and base.kind == "enum":
        return chance.choice(base.labels)
    if base.kind == "array" and base.element is not None:
        items = [draw(base.element, chance, mark=mark, checks=checks, name=name) for _ in range(chance.randint(1, 2))]
        return None if None in items else array(items)
    if base.kind == "composite":
        members = [draw(member, chance, mark=mark, name=field) for field, member in base.members]
        return None if None in members else "(" + ",".join(map(_quoted, members)) + ")"
    if base.kind in ("range", "multirange"):
        return _range(base, chance)
    if base.typname in _INTEGERS:
        return str(_integer(_INTEGERS[base.typname], chance, checks))
    if base.typname == "numeric":
        return _numeric(typmod, chance, checks)
    if base.typname in _TEXTS:
        return _text(base.typname, typmod, chance, mark, checks, name)
    sample = _SAMPLES.get(base.typname)
    return sample(chance) if sample else None


def array(items: Sequence[str | None]) -> str:
    """Return the text of an array of *items*."""
    return "{" + ",".join(_quoted(item) for item in items) + "}"


def _quoted(item: str | None) -> str:
    return "NULL" if item is None else '"' + item.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _integer(most: int, chance: Random, checks: Sequence[str]) -> int:
    bounds = [number for number in numbers_for(checks) if -most <= number <= most]
    if bounds and chance.random() < 0.4:
        return chance.choice(bounds)
    return chance.randint(1, chance.choice((3, 100, min(most, 10**5))))


def _numeric(typmod: int, chance: Random, checks: Sequence[str]) -> str:
    precision, scale = ((typmod - 4) >> 16, (typmod - 4) & 0x7FF) if typmod >= 4 else (9, 2)
    scale = scale - 2048 if scale >= 1024 else scale
    room = max(precision - max(scale, 0), 0)
    whole = chance.randint(0, 10 ** min(room, 4) - 1) if room else 0
    if checks and chance.random() < 0.3:
        whole = chance.choice([number for number in numbers_for(checks) if 0 <= number < 10**room] or [whole])
    return f"{whole}.{chance.randint(0, 10**scale - 1):0{scale}}" if scale > 0 else str(whole)


def _text(typname: str, typmod: int, chance: Random, mark: str, checks: Sequence[str], name: str) -> str:
    length = typmod - 4 if typmod >= 4 and typname != "name" else 63
    number = chance.randint(1, 10**6)
    found = list(texts_for(checks, chance))
    if found and chance.random() < 0.85:
        text = chance.choice(found)
        # A text that reads alike for both tenants can't be known again: where the pattern has room, it is marked.
        return text[:length] if chance.random() < 0.5 else f"{mark}{number}{text}"[:length]
    if "mail" in name:
        return f"{mark}{number}@example.com"[-length:]
    return chance.choice((f"{mark}{number}", f"{mark}-{name}-{number}", f"{mark[:1]}{number}"))[:length]


def _range(base: PgType, chance: Random) -> str | None:
    if base.subtype is None:
        return None
    bounds = [draw(base.subtype, chance, mark="") for _ in range(2)]
    if None in bounds:
        return None
    low, high = sorted((str(bound) for bound in bounds), key=lambda text: (len(text), text))
    found = f"[{_quoted(low)},{_quoted(high)})"
    return f"{{{found}}}" if base.kind == "multirange" else found
